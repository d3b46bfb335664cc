import type { NodeId } from '../ids.js';
import { FAILED } from './answer.js';
import type { Answer } from './answer.js';
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
 * timer serves all.
 */
export class PendingAsks {
  private readonly asks = new Map<number, PendingAsk>();
  private lastId = 0;
  private timer: Cancel | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly answerMs: number,
    private readonly limit: number,
  ) {}

  get size(): number {
    return this.asks.size;
  }

  /** Number of a new ask, or `undefined` when `limit` are open. `resolve` is called once. */
  open(to: NodeId, resolve: (answer: Answer) => void): number | undefined {
    if (this.asks.size >= this.limit) return undefined;
    const id = ++this.lastId;
    this.asks.set(id, { to, resolve, deadline: this.clock.now() + this.answerMs });
    this.timer ??= this.clock.after(this.answerMs, this.sweep);
    return id;
  }

  /** Ends an ask. One that has ended already, or that went to another node than `from`, is passed over. */
  settle(id: number, from: NodeId, answer: Answer): void {
    const ask = this.asks.get(id);
    if (ask?.to !== from) return;
    this.asks.delete(id);
    ask.resolve(answer);
  }

  /** Ends all. */
  stop(): void {
    this.timer?.();
    for (const ask of this.asks.values()) ask.resolve(FAILED.unavailable);
    this.asks.clear();
  }

  private readonly sweep = (): void => {
    this.timer = undefined;
    const now = this.clock.now();
    for (const [id, ask] of this.asks) {
      if (ask.deadline > now) {
        this.timer = this.clock.after(Math.max(SWEEP_MS, ask.deadline - now), this.sweep);
        return;
      }
      this.asks.delete(id);
      ask.resolve(FAILED.silent);
    }
  };
}
