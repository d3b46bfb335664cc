import { LIMITS } from '@white-rabbit/protocol';
import { TokenBucket } from '@white-rabbit/signaling';

/**
 * What all bursting connections of a gateway together have handled: one frame of full size at once, and 16 MiB a second,
 * which is what the bus carries and another gateway reads beside everything else.
 */
const RATE = { perSecond: 16 * 1024 * 1024, burst: LIMITS.frameBytes };
/** What a frame counts at least: a small one costs more than its bytes. */
const FRAME_BYTES = 1024;

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
      if (this.#waiting.push({ bytes: Math.max(bytes, FRAME_BYTES), go }) === 1) this.#serveNextTurn();
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
