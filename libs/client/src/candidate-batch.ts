import type { Candidate, GatheredCandidate } from './peer-connection.js';

/** How long a batch collects candidates, which arrive in bursts. Milliseconds. */
const WAIT_MS = 40;
/** A batch of this size is sent at once. It is far below the 64 KiB of a frame. */
const MOST = 20;

/** Batches ICE candidates, so that a call needs a few signals instead of dozens. */
export class CandidateBatch {
  readonly #send: (candidates: readonly Candidate[]) => void;
  #waiting: Candidate[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (candidates: readonly Candidate[]) => void) {
    this.#send = send;
  }

  /** Adds a candidate to the batch. */
  add({ candidate = '', sdpMid = null, sdpMLineIndex = null }: GatheredCandidate): void {
    this.#waiting.push({ candidate, sdpMid, sdpMLineIndex });
    if (this.#waiting.length >= MOST) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), WAIT_MS);
  }

  /** Sends the batch now. */
  flush(): void {
    const candidates = this.#waiting;
    this.stop();
    if (candidates.length > 0) this.#send(candidates);
  }

  /** Discards the batch. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }
}
