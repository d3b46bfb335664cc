import type { NodeId } from '@white-rabbit/signaling';
import { FAILED, type Answer } from './answer.js';
import type { Cancel, Clock } from '../clock.js';

interface PendingAsk {
  readonly to: NodeId;
  readonly deadline: number;
  readonly resolve: (answer: Answer) => void;
}

/** Deadlines are checked no more often than this, so a request may be `silent` this much late. */
const SWEEP_MS = 100;

/**
 * Requests that wait for their responses. All wait equally long, so the map's order is the order of the deadlines, and
 * one timer serves all. The limit is per node, so that a node that does not answer uses up none of the others'
 * requests.
 */
export class PendingAsks {
  readonly #asks = new Map<number, PendingAsk>();
  /** Open requests of each node that has any. */
  readonly #open = new Map<NodeId, number>();
  #lastId = 0;
  #timer: Cancel | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly answerMs: number,
    private readonly limitPerNode: number,
  ) {}

  get size(): number {
    return this.#asks.size;
  }

  /** Number of a new request, or `undefined` if `limitPerNode` are open to that node. `resolve` is called once. */
  add(to: NodeId, resolve: (answer: Answer) => void): number | undefined {
    const open = this.#open.get(to) ?? 0;
    if (open >= this.limitPerNode) return undefined;
    this.#open.set(to, open + 1);
    const id = ++this.#lastId;
    this.#asks.set(id, { to, resolve, deadline: this.clock.now() + this.answerMs });
    this.#timer ??= this.clock.after(this.answerMs, this.#sweep);
    return id;
  }

  /** Ends a request. One that has ended already, or that went to another node than `from`, is ignored. */
  settle(id: number, from: NodeId, answer: Answer): void {
    const ask = this.#asks.get(id);
    if (ask?.to === from) this.#end(id, ask, answer);
  }

  /** Ends all. They were sent: each may have arrived. */
  stop(): void {
    this.#timer?.();
    for (const [id, ask] of this.#asks) this.#end(id, ask, FAILED.silent);
  }

  #end(id: number, { to, resolve }: PendingAsk, answer: Answer): void {
    this.#asks.delete(id);
    const open = (this.#open.get(to) ?? 0) - 1;
    if (open > 0) this.#open.set(to, open);
    else this.#open.delete(to);
    resolve(answer);
  }

  readonly #sweep = (): void => {
    this.#timer = undefined;
    const now = this.clock.now();
    for (const [id, ask] of this.#asks) {
      if (ask.deadline > now) {
        this.#timer = this.clock.after(Math.max(SWEEP_MS, ask.deadline - now), this.#sweep);
        return;
      }
      this.#end(id, ask, FAILED.silent);
    }
  };
}
