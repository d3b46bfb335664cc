import type { Answer } from '@white-rabbit/signaling';
import type { Cancel, Clock } from '../clock.js';

/**
 * The outcome of a request, exactly one of:
 * - `answered`: the receiver's handler ran and returned `answer`.
 * - `unreachable`: no such node is subscribed. The request did not arrive.
 * - `unavailable`: it was not sent: the transport does not accept it, or too many requests to that node are open. It
 *   never arrives.
 * - `timeout`: no answer in time, or the transport did not confirm it. It may have arrived.
 */
export type RequestOutcome =
  { readonly outcome: 'answered'; readonly answer: Answer } | { readonly outcome: RequestFailure };

/** The outcomes of a request without an answer. */
export type RequestFailure = 'unreachable' | 'unavailable' | 'timeout';

/** One object for each failure, so that a storm of failures allocates nothing. */
export const FAILED = {
  unreachable: { outcome: 'unreachable' },
  unavailable: { outcome: 'unavailable' },
  timeout: { outcome: 'timeout' },
} as const satisfies Record<RequestFailure, RequestOutcome>;

interface OpenRequest {
  readonly deadline: number;
  readonly resolve: (outcome: RequestOutcome) => void;
}

/** The requests to one node. */
export class NodeRequests {
  /** Requests without an answer, by id; the oldest first. */
  readonly open = new Map<number, OpenRequest>();

  /** `lastId`: ids grow by 1 from it on. */
  constructor(public lastId = 0) {}
}

/** Deadlines are checked no more often than this, so a request may time out this much late. Ms. */
const SWEEP_MS = 100;

/**
 * Requests that wait for their answers. All wait equally long, so the order of a node's requests is the order of their
 * deadlines, and one timer serves all. The limit is per node, so that a node that does not answer uses up none of the
 * others' requests.
 */
export class PendingRequests {
  /** Of the nodes with open requests. */
  readonly #nodes = new Set<NodeRequests>();
  #timer: Cancel | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly responseMs: number,
    private readonly limitPerNode: number,
  ) {}

  get size(): number {
    let size = 0;
    for (const { open } of this.#nodes) size += open.size;
    return size;
  }

  /** Id of a new request, or `undefined` if `limitPerNode` are open to that node. `resolve` is called once. */
  add(node: NodeRequests, resolve: (outcome: RequestOutcome) => void): number | undefined {
    if (node.open.size >= this.limitPerNode) return undefined;
    const id = ++node.lastId;
    node.open.set(id, { resolve, deadline: this.clock.now() + this.responseMs });
    this.#nodes.add(node);
    this.#timer ??= this.clock.after(this.responseMs, this.#sweep);
    return id;
  }

  /** Ends the requests `first` to `last` of that node, except those that have ended already. */
  settle(node: NodeRequests, first: number, last: number, outcome: RequestOutcome): void {
    for (let id = first; id <= last; id += 1) this.#end(node, id, outcome);
  }

  /** Ends all. They were sent: each may have arrived. */
  stop(): void {
    this.#timer?.();
    for (const node of this.#nodes) for (const id of node.open.keys()) this.#end(node, id, FAILED.timeout);
  }

  #end(node: NodeRequests, id: number, outcome: RequestOutcome): void {
    const request = node.open.get(id);
    if (request === undefined) return;
    node.open.delete(id);
    if (node.open.size === 0) this.#nodes.delete(node);
    request.resolve(outcome);
  }

  readonly #sweep = (): void => {
    this.#timer = undefined;
    const now = this.clock.now();
    let next = Infinity;
    for (const node of this.#nodes) next = Math.min(next, this.#expire(node, now));
    if (next < Infinity) this.#timer = this.clock.after(Math.max(SWEEP_MS, next - now), this.#sweep);
  };

  /** Ends the requests of a node that are due. Returns the deadline of the first that is not. */
  #expire(node: NodeRequests, now: number): number {
    for (const [id, { deadline }] of node.open) {
      if (deadline > now) return deadline;
      this.#end(node, id, FAILED.timeout);
    }
    return Infinity;
  }
}
