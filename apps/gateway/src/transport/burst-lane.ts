import { TokenBucket, type Rate } from '@white-rabbit/signaling';

/** Work for a frame that arrived this long ago is done whatever it costs: a client waits for the outcome no longer than 5 s. */
const OVERDUE_MS = 1_000;

interface Waiting {
  readonly cost: number;
  readonly sinceMs: number;
  readonly go: () => void;
}

/**
 * Where the work of connections that send much at once waits for a turn of the event loop, so that a burst, of however
 * many connections, delays others by one piece of work and not by all of it, here and at the gateways that it is for. A
 * connection has one piece here at a time, the others wait in its inbox: so connections take turns, and the lane is
 * bounded by their number.
 */
export class BurstLane {
  readonly #waiting: Waiting[] = [];
  readonly #bucket: TokenBucket;

  /** `rate`: what all connections together may have done, and how much of it in one turn. */
  constructor(rate: Rate) {
    this.#bucket = new TokenBucket(rate);
  }

  /** Pieces of work that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /**
   * Resolves when work of that cost may be done; `sinceMs`: when its frame arrived. Work that costs more than the burst
   * counts as the burst.
   */
  turn(cost: number, sinceMs: number): Promise<void> {
    return new Promise((go) => {
      const waiting = { cost: Math.min(cost, this.#bucket.rate.burst), sinceMs, go };
      if (this.#waiting.push(waiting) === 1) this.#serveNextTurn();
    });
  }

  #serveNextTurn(): void {
    setImmediate(() => {
      this.#serve();
    });
  }

  #serve(): void {
    const nowMs = performance.now();
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const waitMs = this.#bucket.take(nowMs, next.cost);
      const isOverdue = nowMs - next.sinceMs > OVERDUE_MS;
      if (waitMs > 0 && !isOverdue) {
        setTimeout(() => {
          this.#serve();
        }, waitMs);
        return;
      }
      this.#waiting.shift();
      next.go();
      if (waitMs === 0) continue;
      // Overdue: one a turn of the event loop.
      if (this.#waiting.length > 0) this.#serveNextTurn();
      return;
    }
  }
}
