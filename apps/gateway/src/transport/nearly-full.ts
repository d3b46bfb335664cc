/** So much of the cap, and new clients had better go to another gateway. */
export const FULL_AT = 0.95;

/** Below this they are welcome again. The gap keeps a balancer from being told one thing and the other by turns. */
export const ROOM_BELOW = 0.9;

/**
 * Whether a gateway has so many sockets that a load balancer should prefer others. It still takes clients up to its cap:
 * where all gateways are nearly full, admission refuses by itself what is too much.
 */
export class NearlyFull {
  #isFull = false;

  constructor(
    private readonly cap: number,
    private readonly open: () => number,
  ) {}

  /** Looks now, and remembers what it found for the next time. */
  get isFull(): boolean {
    this.#isFull = this.open() >= this.cap * (this.#isFull ? ROOM_BELOW : FULL_AT);
    return this.#isFull;
  }
}
