import type { Candidate, GatheredCandidate } from './peer-connection.js';

/** Candidates come in bursts, one for each network address: they wait this long for each other. Milliseconds. */
const WAIT_MS = 40;
/** A batch of this many goes at once; it is far from the 64 KiB of a frame. */
const MOST = 20;

/** Gathers ICE candidates, so that a call costs a few signals and not dozens. */
export class CandidateBatch {
  readonly #send: (candidates: readonly Candidate[]) => void;
  #waiting: Candidate[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (candidates: readonly Candidate[]) => void) {
    this.#send = send;
  }

  /** One more. */
  add({ candidate = '', sdpMid = null, sdpMLineIndex = null }: GatheredCandidate): void {
    this.#waiting.push({ candidate, sdpMid, sdpMLineIndex });
    if (this.#waiting.length >= MOST) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), WAIT_MS);
  }

  /** What there is goes now. */
  flush(): void {
    const candidates = this.#waiting;
    this.stop();
    if (candidates.length > 0) this.#send(candidates);
  }

  /** What there is is of no use any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }
}
