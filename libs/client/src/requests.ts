import type { ServerFrame } from './frame.js';
import { readIceServers } from './ice-server.js';
import { DONE, failure, type Answer, type Failure } from './outcome.js';
import { WIRE } from './wire.js';

/** The server's own time limit, and time for the way there and back. */
const ANSWER_MS = WIRE.outcomeMs + 3_000;
/** Most requests under way at once; the next one fails as the server would fail it. */
const MOST = 256;

interface Pending {
  readonly settle: (answer: Answer) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** The frames of one connection that wait for their answer, by `ref`. Each ends exactly once. */
export class Requests {
  readonly #pending = new Map<string, Pending>();
  #last = 0;

  /** Gives a new `ref` to `send`, and resolves with what the server makes of it. Never rejects. */
  ask(send: (ref: string) => void): Promise<Answer> {
    if (this.#pending.size >= MOST) {
      return Promise.resolve({ ok: false, code: 'rate_limited', message: 'Too many requests are under way.' });
    }
    const ref = String((this.#last += 1));
    const answer = new Promise<Answer>((settle) => {
      const timer = setTimeout(() => this.#settle(ref, failure('no_answer')), ANSWER_MS);
      this.#pending.set(ref, { settle, timer });
    });
    send(ref);
    return answer;
  }

  /** Any frame with the `ref` answers its request. */
  onFrame(frame: ServerFrame): void {
    if (frame.ref !== undefined) this.#settle(frame.ref, answerOf(frame));
  }

  /** The connection is gone: all that is under way ends as `disconnected`. */
  end(): void {
    for (const ref of [...this.#pending.keys()]) this.#settle(ref, failure('disconnected'));
  }

  #settle(ref: string, answer: Answer): void {
    const pending = this.#pending.get(ref);
    if (!pending) return;
    this.#pending.delete(ref);
    clearTimeout(pending.timer);
    pending.settle(answer);
  }
}

function answerOf(frame: ServerFrame): Answer {
  if (frame.event === 'error') return refusal(frame);
  if (frame.event !== 'ack' || frame.data.ice_servers === undefined) return DONE;
  return { ok: true, iceServers: readIceServers(frame.data.ice_servers) };
}

function refusal({ data }: ServerFrame<'error'>): Failure {
  const { code, message, retry_after_ms } = data;
  return { ok: false, code, message, ...(retry_after_ms !== undefined && { retryAfterMs: retry_after_ms }) };
}
