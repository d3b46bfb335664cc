import type { RawData } from 'ws';

/** One message off a socket. */
export interface Incoming {
  readonly data: RawData;
  readonly isBinary: boolean;
}

/** Frames that may wait behind one that is being handled; at this bound the socket is read no further. */
export const INBOX_FRAMES = 64;

/** What an inbox does to its socket: no frame is lost, the client is made to wait. */
export interface Valve {
  pause(): void;
  resume(): void;
}

/**
 * The frames of one socket that wait behind one whose handling takes time (a database, the cluster), so that all are
 * handled strictly one after the other. A frame that is handled at once never sees an inbox.
 */
export class Inbox {
  readonly #waiting: Incoming[] = [];
  #isBusy = false;
  #isPaused = false;

  /** `busyWith` is the frame being handled now. `handle` gives a promise where it has to wait; it never rejects. */
  constructor(
    private readonly valve: Valve,
    private readonly handle: (incoming: Incoming) => Promise<void> | undefined,
    busyWith: Promise<void>,
  ) {
    this.#waitFor(busyWith);
  }

  /** Frames that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  push(incoming: Incoming): void {
    if (!this.#isBusy) {
      this.#run(incoming);
      return;
    }
    this.#waiting.push(incoming);
    if (this.#waiting.length < INBOX_FRAMES || this.#isPaused) return;
    this.#isPaused = true;
    this.valve.pause();
  }

  /** Drops what waits: the socket is gone. */
  clear(): void {
    this.#waiting.length = 0;
  }

  #run(incoming: Incoming): void {
    const pending = this.handle(incoming);
    if (pending !== undefined) this.#waitFor(pending);
  }

  #waitFor(pending: Promise<void>): void {
    this.#isBusy = true;
    void pending.then(() => {
      this.#isBusy = false;
      this.#drain();
    });
  }

  #drain(): void {
    let next = this.#waiting.shift();
    while (next !== undefined) {
      this.#run(next);
      if (this.#isBusy) return;
      next = this.#waiting.shift();
    }
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.valve.resume();
  }
}
