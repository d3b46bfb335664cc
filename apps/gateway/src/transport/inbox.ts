import { TokenBucket, type Rate } from '@white-rabbit/signaling';
import type { RawData } from 'ws';

/** One message off a socket. */
export interface Incoming {
  readonly data: RawData;
  readonly isBinary: boolean;
  /** When it arrived, monotonic ms. Limits count by it, however long the frame waits. */
  readonly atMs: number;
}

/** Size of a message as it arrived. */
export function sizeOf({ data }: Incoming): number {
  // ws gives single buffers unless asked otherwise.
  return Array.isArray(data) ? data.reduce((bytes, { length }) => bytes + length, 0) : data.byteLength;
}

/**
 * Waiting frames and bytes at which the socket is read no further. The frames are those that a client may send at once, so
 * that one that stays within its limits is not held back until the waiting frame is answered.
 */
export const INBOX_FRAMES = 350;
export const INBOX_BYTES = 128 * 1024;

/** What an inbox does to its socket: the client is made to wait. */
export interface Valve {
  pause(): void;
  resume(): void;
}

/** What an inbox needs of its connection. */
export interface InboxOwner {
  /** Frames that may come while others wait: what all limits together let a client send. */
  readonly arrivals: Rate;
  /** Handles a frame. A promise where that has to wait; it never rejects. */
  handle(incoming: Incoming): Promise<void> | undefined;
  /** The inbox has run empty and is not needed any more. */
  emptied(): void;
}

/**
 * The frames of one socket that wait behind one whose handling takes time (a database, the cluster), so that all are
 * handled strictly one after the other. It lives from such a frame until none waits; a frame that is handled at once
 * never sees an inbox.
 *
 * Bounded: at `INBOX_FRAMES` or `INBOX_BYTES` the socket is paused, and of what was read by then, thousands of frames
 * perhaps, `take` lets in no more than a client within its limits can have sent.
 */
export class Inbox {
  readonly #waiting: Incoming[] = [];
  readonly #arrivals: TokenBucket;
  #bytes = 0;
  #isPaused = false;

  /** `busyWith` is the frame being handled now. */
  constructor(
    private readonly valve: Valve,
    private readonly owner: InboxOwner,
    busyWith: Promise<void>,
  ) {
    this.#arrivals = new TokenBucket(owner.arrivals);
    this.#waitFor(busyWith);
  }

  /** Frames that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Bytes of the frames that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes the place of a frame that arrives now. 0, or the ms until there is one: the frame must be refused. */
  take(nowMs: number): number {
    return this.#arrivals.take(nowMs);
  }

  /** Keeps a frame that has a place until its turn comes. */
  push(incoming: Incoming): void {
    this.#waiting.push(incoming);
    this.#bytes += sizeOf(incoming);
    if (this.#isPaused || (this.#waiting.length < INBOX_FRAMES && this.#bytes < INBOX_BYTES)) return;
    this.#isPaused = true;
    this.valve.pause();
  }

  /** Drops what waits: the socket is gone. */
  clear(): void {
    this.#waiting.length = 0;
    this.#bytes = 0;
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
    if (next !== undefined) this.#bytes -= sizeOf(next);
    return next;
  }
}
