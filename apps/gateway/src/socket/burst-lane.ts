/** Bytes of frames that all connections together have handled in one turn of the event loop. */
const TURN_BYTES = 64 * 1024;
/** What a frame counts at least: a small one costs more than its bytes. */
const FRAME_BYTES = 1024;

interface Waiting {
  readonly bytes: number;
  readonly go: () => void;
}

/**
 * Where the frames of connections that send much at once wait for a turn of the event loop, so that a burst, of however
 * many connections, delays the frames of others by one such turn and not by all of it. A connection has one frame here
 * at a time, the others wait in its inbox: so connections take turns, and the lane is bounded by their number.
 */
export class BurstLane {
  readonly #waiting: Waiting[] = [];

  /** Frames that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Resolves when a frame of that many bytes may be handled. */
  turn(bytes: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#waiting.push({ bytes: Math.max(bytes, FRAME_BYTES), go: resolve }) === 1) this.#arm();
    return promise;
  }

  #arm(): void {
    setImmediate(() => {
      this.#serve();
    });
  }

  /** The next frame whatever its size, and those behind it that fit the turn. */
  #serve(): void {
    let left = TURN_BYTES;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (left < TURN_BYTES && next.bytes > left) break;
      left -= next.bytes;
      this.#waiting.shift();
      next.go();
    }
    if (this.#waiting.length > 0) this.#arm();
  }
}
