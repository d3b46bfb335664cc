import { WIRE } from './wire.js';

/** Callbacks of a silence watch. */
export interface SilenceHandlers {
  /** The server sent nothing for 30 s: send a heartbeat. */
  readonly probe: () => void;
  /** The server sent nothing for 60 s: the connection is dead. */
  readonly dead: () => void;
}

/**
 * Detects a dead connection whose socket reports no error. It uses timers only, never the clock: after a computer slept
 * or a browser delayed the timers of a hidden tab, the server still gets a probe and the full time to respond.
 */
export class SilenceWatch {
  readonly #handlers: SilenceHandlers;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(handlers: SilenceHandlers) {
    this.#handlers = handlers;
  }

  /** Restarts the watch: the connection opened, or a frame arrived. */
  reset(): void {
    this.#in(WIRE.heartbeatIntervalMs, () => {
      this.#in(WIRE.heartbeatTimeoutMs - WIRE.heartbeatIntervalMs, this.#handlers.dead);
      this.#handlers.probe();
    });
  }

  /** Stops the watch. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #in(delayMs: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, delayMs);
  }
}
