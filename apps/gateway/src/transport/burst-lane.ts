import { TokenBucket, type Rate } from '@white-rabbit/signaling';

interface Waiting {
  readonly cost: number;
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

  /** Resolves when work of that cost may be done. One that costs more than the burst counts as the burst. */
  turn(cost: number): Promise<void> {
    return new Promise((go) => {
      const waiting = { cost: Math.min(cost, this.#bucket.rate.burst), go };
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
      if (waitMs > 0) {
        setTimeout(() => {
          this.#serve();
        }, waitMs);
        return;
      }
      this.#waiting.shift();
      next.go();
    }
  }
}
