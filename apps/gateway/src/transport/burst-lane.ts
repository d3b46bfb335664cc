import { LIMITS } from '@white-rabbit/protocol';
import { TokenBucket } from '@white-rabbit/signaling';

/** The cost of a frame beside its bytes: handling a frame costs as much as copying 3 KiB more. */
const FRAME_COST = 3 * 1024;

/**
 * The limit of all bursting connections of a gateway together: one frame of full size at once, and 8 MiB per second,
 * which the bus can carry and another gateway can read beside its other work (docs/capacity.md, "Hostile sessions").
 */
const RATE = { perSecond: 8 * 1024 * 1024, burst: LIMITS.frameBytes + FRAME_COST };

interface Waiting {
  readonly bytes: number;
  readonly go: () => void;
}

/**
 * The queue in which frames of bursting connections wait for a turn of the event loop. A burst from any number of
 * connections therefore delays the frames of others by one frame and not by the whole burst, both here and at the
 * gateways that receive the frames. A connection has one frame here at a time and its other frames wait in its inbox:
 * so connections take turns, and their number bounds the queue.
 */
export class BurstLane {
  readonly #waiting: Waiting[] = [];
  readonly #bucket = new TokenBucket(RATE);

  /** Number of waiting frames. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Resolves when a frame of that many bytes, at most 64 KiB, may be handled. */
  turn(bytes: number): Promise<void> {
    return new Promise((go) => {
      if (this.#waiting.push({ bytes: FRAME_COST + bytes, go }) === 1) this.#serveNextTurn();
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
      const waitMs = this.#bucket.take(nowMs, next.bytes);
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
