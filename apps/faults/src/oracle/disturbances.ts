/** A period that has an effect on deadlines; without an end it continues. */
interface Period {
  readonly startMs: number;
  endMs: number | undefined;
}

/**
 * What the test itself broke. A gateway that is suspended (or cannot run) cannot answer, and its peers rightly become
 * OFFLINE. While a back end is out, no gateway can learn of changes elsewhere: deadlines then begin at its return.
 * A deadline is never dropped, only moved.
 */
export class Disturbances {
  readonly #gateways = new Map<number, Period>();
  #outage: Period | undefined;
  /** When gateways were killed, by number. */
  readonly #killed = new Map<number, number>();

  suspended(gateway: number, nowMs: number): void {
    this.#gateways.set(gateway, { startMs: nowMs, endMs: undefined });
  }

  resumed(gateway: number, nowMs: number): void {
    const period = this.#gateways.get(gateway);
    if (period) period.endMs = nowMs;
  }

  outageBegan(nowMs: number): void {
    this.#outage = { startMs: nowMs, endMs: undefined };
  }

  outageEnded(nowMs: number): void {
    if (this.#outage) this.#outage.endMs = nowMs;
  }

  /** A gateway was killed: the others notice it when its lease is missing for some time. */
  killed(gateway: number, nowMs: number): void {
    this.#killed.set(gateway, nowMs);
  }

  /** When the last gateway was killed, `-Infinity` if none was. */
  get lastKillMs(): number {
    return Math.max(-Infinity, ...this.#killed.values());
  }

  /**
   * When all must know of an end at that gateway: `atOnceMs` later, or `missedMs` after the gateway was killed if it was
   * killed before it had that time.
   */
  knownByMs(gateway: number, endedAtMs: number, atOnceMs: number, missedMs: number): number {
    const killedAtMs = this.#killed.get(gateway);
    if (killedAtMs === undefined || killedAtMs > endedAtMs + atOnceMs) return endedAtMs + atOnceMs;
    return Math.max(endedAtMs, killedAtMs) + missedMs;
  }

  /**
   * Whether the gateway was killed during the last outage, while another one did not run, or at most `limitMs` before. Those
   * that go on then have to miss its lease anew, because a lease that is missing at such a time is no evidence.
   */
  wasKilledAround(gateway: number, limitMs: number): boolean {
    const killedAtMs = this.#killed.get(gateway) ?? -Infinity;
    const periods = [...this.#gateways.values(), ...(this.#outage === undefined ? [] : [this.#outage])];
    return periods.some(({ startMs, endMs = Infinity }) => killedAtMs >= startMs - limitMs && killedAtMs <= endMs);
  }

  isSuspended(gateway: number): boolean {
    const period = this.#gateways.get(gateway);
    return period !== undefined && period.endMs === undefined;
  }

  get isOutage(): boolean {
    return this.#outage !== undefined && this.#outage.endMs === undefined;
  }

  /** When the last suspension of the gateway ended, `-Infinity` if there was none, `Infinity` if it continues. */
  resumedAtMs(gateway: number): number {
    return endOf(this.#gateways.get(gateway));
  }

  /** When the last suspension of any gateway ended. */
  get allResumedAtMs(): number {
    return Math.max(-Infinity, ...[...this.#gateways.values()].map(endOf));
  }

  /** When the last outage ended; as `resumedAtMs`. */
  get outageEndedAtMs(): number {
    return endOf(this.#outage);
  }
}

function endOf(period: Period | undefined): number {
  if (period === undefined) return -Infinity;
  return period.endMs ?? Infinity;
}
