/** At this share of the cap new clients should connect to another gateway. */
export const FULL_AT = 0.95;

/**
 * Below this share new clients should connect here again. The gap prevents a load balancer from receiving alternating
 * reports.
 */
const ROOM_BELOW = 0.9;

/**
 * Whether a gateway has so many sockets that a load balancer should prefer others. The gateway still admits clients
 * up to its cap: if all gateways are nearly full, admission refuses the excess.
 */
export class NearlyFull {
  #isFull = false;

  constructor(
    private readonly cap: number,
    private readonly open: () => number,
  ) {}

  /** Compares the number of sockets with the threshold. The result decides which threshold applies to the next call. */
  get isFull(): boolean {
    this.#isFull = this.open() >= this.cap * (this.#isFull ? ROOM_BELOW : FULL_AT);
    return this.#isFull;
  }
}
