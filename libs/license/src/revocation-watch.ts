import type { PeerId } from '@white-rabbit/protocol';
import type { ChangedLicense, ChangeKind, ChangePage, DatabaseTime, LicenseRepository } from './license-repository.js';
import { sqlState } from './sql-state.js';
import type { LicenseId } from './verdict.js';

/** Between two polls. Sessions without a place on their license are to end within 2 s (docs/protocol.md). */
export const REVOCATION_POLL_MS = 1_000;

/** A license that was changed. Sessions on it whose peer is not among `peers` have lost their place. */
export interface LicenseChange {
  readonly licenseId: LicenseId;
  readonly kind: ChangeKind;
  /** Those bound to it now; none where it is revoked. */
  readonly peers: ReadonlySet<PeerId>;
}

/** Told of changes, each once, as many as a page has at most. Must not throw. */
export type ChangeListener = (changes: readonly LicenseChange[]) => void;

/** Told after each poll whether the database answered; `code`: why it did not, PostgreSQL's or the system's, where there is one. */
export type PollListener = (isAnswered: boolean, code?: string) => void;

const NOBODY: ReadonlySet<PeerId> = new Set();

/**
 * Sees licenses revoked, moved by their users, and devices released by operators, wherever it was done, with nothing but
 * the database between. A poll that finds more than a page reads page after page. Outlives outages of the database: what
 * happened meanwhile is told once it answers again. Starting tells what happened in the last seconds, too.
 */
export class RevocationWatch {
  readonly #licenses: LicenseRepository;
  readonly #onPoll: PollListener;
  #listener: ChangeListener | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Never rejects. */
  #polling: Promise<void> | undefined;
  #asOf: DatabaseTime | undefined;
  /** The changes in the poll before: those in the overlap come twice. Bounded by what was changed since the poll before that. */
  #told = new Set<string>();

  constructor(licenses: LicenseRepository, onPoll: PollListener = () => undefined) {
    this.#licenses = licenses;
    this.#onPoll = onPoll;
  }

  /** Begins to poll, at once. Does nothing when it has begun. */
  start(onChanged: ChangeListener): void {
    if (this.#listener !== undefined) return;
    this.#listener = onChanged;
    this.#polling = this.#poll(onChanged);
  }

  /** Stops: nothing is told after this. Resolves once the poll on its way has ended, and the database may be closed. */
  async stop(): Promise<void> {
    this.#listener = undefined;
    clearTimeout(this.#timer);
    await this.#polling;
  }

  async #poll(listener: ChangeListener): Promise<void> {
    const began = performance.now();
    try {
      await this.#readAll(listener);
      if (this.#listener === listener) this.#onPoll(true);
    } catch (error) {
      if (this.#listener === listener) this.#onPoll(false, sqlState(error));
    }
    if (this.#listener !== listener) return;
    const rest = Math.max(REVOCATION_POLL_MS / 10, REVOCATION_POLL_MS - (performance.now() - began));
    this.#timer = setTimeout(() => {
      this.#polling = this.#poll(listener);
    }, rest);
    this.#timer.unref();
  }

  /** Where it fails midway, the next poll begins anew, and does not tell again what was told already. */
  async #readAll(listener: ChangeListener): Promise<void> {
    const seen = new Set<string>();
    let page = await this.#licenses.changedSince(this.#asOf);
    const { asOf } = page;
    for (;;) {
      await this.#tell(page, listener);
      if (this.#listener !== listener) return;
      for (const change of page.changes) seen.add(nameOf(change));
      if (page.next === undefined) break;
      page = await this.#licenses.changedSince(page.next);
    }
    this.#asOf = asOf;
    this.#told = seen;
  }

  async #tell({ changes }: ChangePage, listener: ChangeListener): Promise<void> {
    const fresh = changes.filter((change) => !this.#told.has(nameOf(change)));
    const usable = fresh.filter(({ kind }) => kind !== 'revoked').map(({ licenseId }) => licenseId);
    const peers = usable.length === 0 ? undefined : await this.#licenses.peersOn(usable);
    if (fresh.length === 0 || this.#listener !== listener) return;
    for (const change of fresh) this.#told.add(nameOf(change));
    listener(fresh.map(({ licenseId, kind }) => ({ licenseId, kind, peers: peers?.get(licenseId) ?? NOBODY })));
  }
}

function nameOf({ licenseId, changedAt, kind }: ChangedLicense): string {
  return `${licenseId} ${kind} ${changedAt}`;
}
