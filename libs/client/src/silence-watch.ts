import { WIRE } from './wire.js';

/** What is done about silence. */
export interface SilenceHandlers {
  /** Nothing came for 30 s: ask the server whether it is there. */
  readonly probe: () => void;
  /** Nothing came for 60 s: it is not. */
  readonly dead: () => void;
}

/**
 * Notices that a server is gone though its socket does not say so. It counts in timers alone: a computer that slept, or
 * a browser that held back a hidden tab's timers, gets the probe and its full time first.
 */
export class SilenceWatch {
  readonly #handlers: SilenceHandlers;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(handlers: SilenceHandlers) {
    this.#handlers = handlers;
  }

  /** Something came (or the connection is new). */
  heard(): void {
    this.#in(WIRE.heartbeatIntervalMs, () => {
      this.#in(WIRE.heartbeatTimeoutMs - WIRE.heartbeatIntervalMs, this.#handlers.dead);
      this.#handlers.probe();
    });
  }

  /** No more of it. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #in(delayMs: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, delayMs);
  }
}
