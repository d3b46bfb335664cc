/** A device is known for at least this time, unless there are too many. Ms. */
export const KNOWN_MS = 12 * 3_600_000;

/**
 * Devices that this gateway admitted recently, each as 32 bits of a hash of its key and ids: enough to distinguish it
 * from a guess, and the hash reveals nothing. A known device is exempt from limits only; the database still decides.
 */
export class KnownDevices {
  #recent = new Set<number>();
  #older = new Set<number>();
  #turnsAtMs = -Infinity;

  /** @param max size of each of the two halves; when one half is full, it replaces the other. */
  constructor(private readonly max: number) {}

  /** `nowMs` is monotonic. */
  add(device: number, nowMs: number): void {
    if (nowMs >= this.#turnsAtMs || this.#recent.size >= this.max) this.#turn(nowMs);
    this.#recent.add(device);
  }

  has(device: number): boolean {
    return this.#recent.has(device) || this.#older.has(device);
  }

  #turn(nowMs: number): void {
    this.#older = this.#recent;
    this.#recent = new Set();
    this.#turnsAtMs = nowMs + KNOWN_MS;
  }
}
