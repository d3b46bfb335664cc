import type { DatabaseTime, LicenseRepository, Revocation, Transfer } from './license-repository.js';
import { sqlState } from './sql-state.js';
import type { LicenseId } from './verdict.js';

/** Between two polls. Sessions of a revoked license are to end within 2 s (PROTOCOL.md, section 5). */
export const REVOCATION_POLL_MS = 1_000;

/** Told the license ids that were revoked, each revocation once. Must not throw. */
export type RevocationListener = (revoked: readonly LicenseId[]) => void;

/** Told of each transfer once. Must not throw. */
export type TransferListener = (transfer: Transfer) => void;

/** Told after each poll whether the database answered; `code`: why it did not, PostgreSQL's or the system's, where there is one. */
export type PollListener = (isAnswered: boolean, code?: string) => void;

interface Listeners {
  readonly onRevoked: RevocationListener;
  readonly onTransferred: TransferListener;
}

/**
 * Sees revocations, and licenses moved by their users, wherever it was done, with nothing but the database between. Outlives outages of the database: what
 * happened meanwhile is told once it answers again. Starting tells what happened in the last seconds, too.
 */
export class RevocationWatch {
  readonly #licenses: LicenseRepository;
  readonly #onPoll: PollListener;
  #listeners: Listeners | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Never rejects. */
  #polling: Promise<void> | undefined;
  #asOf: DatabaseTime | undefined;
  /** The changes in the answer before: those in the overlap come twice. Bounded by one answer. */
  #told: ReadonlySet<string> = new Set();

  constructor(licenses: LicenseRepository, onPoll: PollListener = () => undefined) {
    this.#licenses = licenses;
    this.#onPoll = onPoll;
  }

  /** Begins to poll, at once. Does nothing when it has begun. */
  start(onRevoked: RevocationListener, onTransferred: TransferListener = () => undefined): void {
    if (this.#listeners !== undefined) return;
    this.#listeners = { onRevoked, onTransferred };
    this.#polling = this.#poll(this.#listeners);
  }

  /** Stops: nothing is told after this. Resolves once the poll on its way has ended, and the database may be closed. */
  async stop(): Promise<void> {
    this.#listeners = undefined;
    clearTimeout(this.#timer);
    await this.#polling;
  }

  async #poll(listeners: Listeners): Promise<void> {
    const began = performance.now();
    try {
      const { asOf, revocations, transfers } = await this.#licenses.changedSince(this.#asOf);
      if (this.#listeners !== listeners) return;
      this.#asOf = asOf;
      this.#onPoll(true);
      this.#tell(listeners, revocations, transfers);
    } catch (error) {
      if (this.#listeners === listeners) this.#onPoll(false, sqlState(error));
    }
    if (this.#listeners !== listeners) return;
    const rest = Math.max(REVOCATION_POLL_MS / 10, REVOCATION_POLL_MS - (performance.now() - began));
    this.#timer = setTimeout(() => {
      this.#polling = this.#poll(listeners);
    }, rest);
    this.#timer.unref();
  }

  #tell(
    { onRevoked, onTransferred }: Listeners,
    revocations: readonly Revocation[],
    transfers: readonly Transfer[],
  ): void {
    const revoked = revocations.filter((revocation) => !this.#told.has(nameOf(revocation)));
    const transferred = transfers.filter((transfer) => !this.#told.has(nameOf(transfer)));
    this.#told = new Set([...revocations, ...transfers].map(nameOf));
    if (revoked.length > 0) onRevoked(revoked.map(({ licenseId }) => licenseId));
    for (const transfer of transferred) onTransferred(transfer);
  }
}

function nameOf(change: Revocation | Transfer): string {
  const when = 'revokedAt' in change ? `revoked ${change.revokedAt}` : `moved ${change.transferredAt}`;
  return `${change.licenseId} ${when}`;
}
