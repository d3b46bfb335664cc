import type { DatabaseTime, LicenseRepository, Revocation } from './license-repository.js';
import type { LicenseId } from './verdict.js';

/** Between two polls. Sessions of a revoked license are to end within 2 s (PROTOCOL.md, section 5). */
export const REVOCATION_POLL_MS = 1_000;

/** Told the license ids that were revoked, each revocation once. Must not throw. */
export type RevocationListener = (revoked: readonly LicenseId[]) => void;

/**
 * Sees revocations wherever they were made, with nothing but the database between. Outlives outages of the database: what
 * was revoked meanwhile is told once it answers again. Starting tells those of the last seconds, too.
 */
export class RevocationWatch {
  readonly #licenses: LicenseRepository;
  readonly #onPoll: (isAnswered: boolean) => void;
  #listener: RevocationListener | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Never rejects. */
  #polling: Promise<void> | undefined;
  #asOf: DatabaseTime | undefined;
  /** The revocations in the answer before: those in the overlap come twice. Bounded by one answer. */
  #told: ReadonlySet<string> = new Set();

  /** `onPoll` is told after each poll whether the database answered. */
  constructor(licenses: LicenseRepository, onPoll: (isAnswered: boolean) => void = () => undefined) {
    this.#licenses = licenses;
    this.#onPoll = onPoll;
  }

  /** Begins to poll, at once. Does nothing when it has begun. */
  start(listener: RevocationListener): void {
    if (this.#listener !== undefined) return;
    this.#listener = listener;
    this.#polling = this.#poll(listener);
  }

  /** Stops: nothing is told after this. Resolves once the poll on its way has ended, and the database may be closed. */
  async stop(): Promise<void> {
    this.#listener = undefined;
    clearTimeout(this.#timer);
    await this.#polling;
  }

  async #poll(listener: RevocationListener): Promise<void> {
    const began = performance.now();
    try {
      const { asOf, revocations } = await this.#licenses.revokedSince(this.#asOf);
      if (this.#listener !== listener) return;
      this.#asOf = asOf;
      this.#onPoll(true);
      this.#tell(listener, revocations);
    } catch {
      if (this.#listener === listener) this.#onPoll(false);
    }
    if (this.#listener !== listener) return;
    const rest = Math.max(REVOCATION_POLL_MS / 10, REVOCATION_POLL_MS - (performance.now() - began));
    this.#timer = setTimeout(() => {
      this.#polling = this.#poll(listener);
    }, rest);
    this.#timer.unref();
  }

  #tell(listener: RevocationListener, revocations: readonly Revocation[]): void {
    const fresh = revocations.filter((revocation) => !this.#told.has(nameOf(revocation)));
    this.#told = new Set(revocations.map(nameOf));
    if (fresh.length > 0) listener(fresh.map(({ licenseId }) => licenseId));
  }
}

function nameOf({ licenseId, revokedAt }: Revocation): string {
  return `${licenseId} ${revokedAt}`;
}
