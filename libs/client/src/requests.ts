import { readIceServers, type ServerFrame } from './frame.js';
import { DONE, failure, type Failure, type RequestResult } from './outcome.js';
import { WIRE } from './wire.js';

/** The server's own time limit plus a round trip. */
const RESPONSE_MS = WIRE.outcomeMs + 3_000;
/** Maximum pending requests. The next request fails with `rate_limited`, as at the server. */
const MAX_PENDING = 256;

interface Pending {
  readonly settle: (result: RequestResult) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** The pending requests of one connection, by `ref`. Each request ends exactly once. */
export class Requests {
  readonly #pending = new Map<string, Pending>();
  #last = 0;

  /** Passes a new `ref` to `send` and resolves with the server's response. Never rejects. */
  start(send: (ref: string) => void): Promise<RequestResult> {
    if (this.#pending.size >= MAX_PENDING) {
      return Promise.resolve({ ok: false, code: 'rate_limited', message: 'Too many requests are pending.' });
    }
    const ref = String((this.#last += 1));
    const result = new Promise<RequestResult>((settle) => {
      const timer = setTimeout(() => this.#settle(ref, failure('no_answer')), RESPONSE_MS);
      this.#pending.set(ref, { settle, timer });
    });
    send(ref);
    return result;
  }

  /** Ends the request whose `ref` the frame carries. */
  onFrame(frame: ServerFrame): void {
    if (frame.ref !== undefined) this.#settle(frame.ref, resultOf(frame));
  }

  /** Ends all pending requests as `disconnected`. */
  end(): void {
    for (const ref of [...this.#pending.keys()]) this.#settle(ref, failure('disconnected'));
  }

  #settle(ref: string, result: RequestResult): void {
    const pending = this.#pending.get(ref);
    if (!pending) return;
    this.#pending.delete(ref);
    clearTimeout(pending.timer);
    pending.settle(result);
  }
}

function resultOf(frame: ServerFrame): RequestResult {
  if (frame.event === 'error') return refusal(frame);
  if (frame.event !== 'ack' || frame.data.ice_servers === undefined) return DONE;
  return { ok: true, iceServers: readIceServers(frame.data.ice_servers) };
}

function refusal({ data }: ServerFrame<'error'>): Failure {
  const { code, message, retry_after_ms } = data;
  return { ok: false, code, message, ...(retry_after_ms !== undefined && { retryAfterMs: retry_after_ms }) };
}
