import type { NodeId } from '@white-rabbit/signaling';
import { FAILED, type Answer } from './answer.js';
import type { Cancel, Clock } from './clock.js';

interface PendingAsk {
  readonly to: NodeId;
  readonly deadline: number;
  readonly resolve: (answer: Answer) => void;
}

/** Deadlines are looked at no more often than this, so an ask may be `silent` this much late. */
const SWEEP_MS = 100;

/**
 * Asks that wait for their receipts. All wait equally long, so the map's order is the order of the deadlines, and one
 * timer serves all. Each node has a limit of its own, so that one that does not answer uses up nothing of the others.
 */
export class PendingAsks {
  readonly #asks = new Map<number, PendingAsk>();
  /** Open asks of each node that has any. */
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

  /** Number of a new ask, or `undefined` when `limitPerNode` are open to that node. `resolve` is called once. */
  add(to: NodeId, resolve: (answer: Answer) => void): number | undefined {
    const open = this.#open.get(to) ?? 0;
    if (open >= this.limitPerNode) return undefined;
    this.#open.set(to, open + 1);
    const id = ++this.#lastId;
    this.#asks.set(id, { to, resolve, deadline: this.clock.now() + this.answerMs });
    this.#timer ??= this.clock.after(this.answerMs, this.#sweep);
    return id;
  }

  /** Ends an ask. One that has ended already, or that went to another node than `from`, is passed over. */
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
