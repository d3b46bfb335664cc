import { LIMITS } from '@white-rabbit/protocol';
import { TokenBucket } from '@white-rabbit/signaling';

/** What a frame counts beside its bytes: to handle one costs as much as to copy 3 KiB more. */
const FRAME_COST = 3 * 1024;

/**
 * What all bursting connections of a gateway together have handled: one frame of full size at once, and 8 MiB a second,
 * which is what the bus carries and another gateway reads beside everything else (docs/capacity.md, "Hostile sessions").
 */
const RATE = { perSecond: 8 * 1024 * 1024, burst: LIMITS.frameBytes + FRAME_COST };

interface Waiting {
  readonly bytes: number;
  readonly go: () => void;
}

/**
 * Where the frames of connections that send much at once wait for a turn of the event loop, so that a burst, of however
 * many connections, delays the frames of others by one frame and not by all of it, here and at the gateways that the
 * frames are for. A connection has one frame here at a time, the others wait in its inbox: so connections take turns, and
 * the lane is bounded by their number.
 */
export class BurstLane {
  readonly #waiting: Waiting[] = [];
  readonly #bucket = new TokenBucket(RATE);

  /** Frames that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Resolves when a frame of that many bytes, 64 KiB at the most, may be handled. */
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
