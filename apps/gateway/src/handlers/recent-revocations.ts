/** Longer than any register takes, its waits for the database and the cluster included. Ms. */
export const EXCEEDS_REGISTER_MS = 60_000;

/**
 * Licenses whose revocation this node was told of lately: a register that asked before must not slip through behind it.
 * Bounded by the revocations of a minute.
 */
export class RecentRevocations {
  readonly #toldAtMs = new Map<string, number>();

  /** They are revoked. `nowMs` is monotonic. */
  note(licenses: Iterable<string>, nowMs: number): void {
    for (const [license, toldAtMs] of this.#toldAtMs) {
      if (nowMs - toldAtMs > EXCEEDS_REGISTER_MS) this.#toldAtMs.delete(license);
    }
    for (const license of licenses) this.#toldAtMs.set(license, nowMs);
  }

  /** Whether this node was told so at or after `sinceMs`. What was told before is known to whoever asks the database. */
  isRevokedSince(license: string, sinceMs: number): boolean {
    return (this.#toldAtMs.get(license) ?? -Infinity) >= sinceMs;
  }
}
