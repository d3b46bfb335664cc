import type { Answer } from '@white-rabbit/signaling';

/**
 * The outcome of a request, exactly one of:
 * - `answered`: the receiver's handler ran and returned `answer`.
 * - `unreachable`: no such node is subscribed. The request did not arrive.
 * - `unavailable`: it was not sent: the transport does not accept it, or too many requests to that node are open. It
 *   never arrives.
 * - `timeout`: no answer in time, or the transport did not confirm it. It may have arrived.
 */
export type RequestOutcome =
  | { readonly outcome: 'answered'; readonly answer: Answer }
  | { readonly outcome: 'unreachable' | 'unavailable' | 'timeout' };

interface OpenRequest {
  readonly deadline: number;
  readonly resolve: (outcome: RequestOutcome) => void;
}

/** Maximum for each node: what 3,000 requests a second accumulate if it stops answering. Others are not affected. */
export const OPEN_REQUESTS_MAX = 10_000;

/** The requests to one node without an outcome, by id. All wait equally long, so the first one is due first. */
export class OpenRequests {
  readonly #open = new Map<number, OpenRequest>();

  /** Ids grow by 1 from `lastId` on. */
  constructor(public lastId: number) {}

  get size(): number {
    return this.#open.size;
  }

  /** Id of a new request; `undefined` if there are too many. `resolve` is called once. */
  add(deadline: number, resolve: (outcome: RequestOutcome) => void): number | undefined {
    if (this.#open.size >= OPEN_REQUESTS_MAX) return undefined;
    this.lastId += 1;
    this.#open.set(this.lastId, { deadline, resolve });
    return this.lastId;
  }

  /** Ends the requests `first` to `last`, except those that have ended already. */
  settle(first: number, last: number, outcome: RequestOutcome): void {
    for (let id = first; id <= last; id += 1) {
      const request = this.#open.get(id);
      if (request === undefined) continue;
      this.#open.delete(id);
      request.resolve(outcome);
    }
  }

  /** Ends the requests that are due. They were sent: each may have arrived. */
  expire(now: number): void {
    for (const [id, { deadline }] of this.#open) {
      if (deadline > now) return;
      this.settle(id, id, { outcome: 'timeout' });
    }
  }
}
