import { TokenBucket, type Rate } from '@white-rabbit/signaling';

/**
 * Number of waiting frames and bytes at which the socket is paused. The number of frames equals the frames that a
 * client may send at once, so that a client within its limits is not paused until the waiting frame is answered.
 */
export const INBOX_FRAMES = 350;
export const INBOX_BYTES = 128 * 1024;

/** One frame from a socket. */
export interface Incoming {
  /** `undefined`: it is binary. */
  readonly text: string | undefined;
  readonly bytes: number;
  /** Arrival time, monotonic ms. Limits count by it, however long the frame waits. */
  readonly atMs: number;
  /** If it exceeded a limit at its arrival: how long until it would not have. Milliseconds; otherwise 0. */
  readonly waitMs: number;
}

/** Pauses and resumes the socket of an inbox, so that the client has to wait. */
export interface Valve {
  pause(): void;
  resume(): void;
}

/** The parts of a connection that an inbox needs. */
export interface InboxOwner {
  /** Frames that may arrive while others wait: the sum of all limits of a client. */
  readonly arrivals: Rate;
  /** Refused frames after which the connection is closed. */
  readonly maxRefusals: number;
  /** Handles a frame, or refuses it if it has a `waitMs`. Returns a promise if the frame has to wait; the promise never rejects. */
  handle(incoming: Incoming): Promise<void> | undefined;
  /** The inbox is empty and no longer needed. */
  emptied(): void;
}

/**
 * The frames of one socket that wait behind a frame whose handling takes time (a database, the cluster), so that all
 * frames are handled strictly in sequence. An inbox exists from such a frame until no frame waits; a frame that is
 * handled at once never needs an inbox.
 *
 * Bounded: at `INBOX_FRAMES` or `INBOX_BYTES` the socket is paused. Thousands of frames may have been read by then; of
 * these it keeps no more than a client within its limits can have sent, and those whose refusals close the connection.
 */
export class Inbox {
  readonly #waiting: Incoming[] = [];
  readonly #arrivals: TokenBucket;
  #bytes = 0;
  #refusals = 0;
  #isPaused = false;

  /** `busyWith` is the frame that is being handled now. */
  constructor(
    private readonly valve: Valve,
    private readonly owner: InboxOwner,
    busyWith: Promise<void>,
  ) {
    this.#arrivals = new TokenBucket(owner.arrivals);
    this.#waitFor(busyWith);
  }

  /** Number of waiting frames. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Number of bytes of the waiting frames. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a token for a frame that arrives now. Returns 0, or the ms until a token is available. */
  take(nowMs: number): number {
    return this.#arrivals.take(nowMs);
  }

  /** Stores a frame until its turn. */
  push(incoming: Incoming): void {
    if (incoming.waitMs > 0) {
      // The refusals that wait close the connection before it is this one's turn.
      if (this.#refusals === this.owner.maxRefusals) return;
      this.#refusals += 1;
    }
    this.#waiting.push(incoming);
    this.#bytes += incoming.bytes;
    if (this.#isPaused || (this.#waiting.length < INBOX_FRAMES && this.#bytes < INBOX_BYTES)) return;
    this.#isPaused = true;
    this.valve.pause();
  }

  /** Drops the waiting frames, because the socket is gone. */
  clear(): void {
    this.#waiting.length = 0;
    this.#bytes = 0;
    this.#refusals = 0;
  }

  #waitFor(pending: Promise<void>): void {
    void pending.then(() => {
      this.#drain();
    });
  }

  #drain(): void {
    for (let next = this.#shift(); next !== undefined; next = this.#shift()) {
      const pending = this.owner.handle(next);
      if (pending === undefined) continue;
      this.#waitFor(pending);
      return;
    }
    this.owner.emptied();
    if (this.#isPaused) this.valve.resume();
  }

  #shift(): Incoming | undefined {
    const next = this.#waiting.shift();
    if (next === undefined) return undefined;
    this.#bytes -= next.bytes;
    if (next.waitMs > 0) this.#refusals -= 1;
    return next;
  }
}
