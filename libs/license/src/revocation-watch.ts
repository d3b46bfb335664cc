import type { PeerId } from '@white-rabbit/protocol';
import type { ChangedLicense, ChangeKind, ChangePage, DatabaseTime, LicenseRepository } from './license-repository.js';
import { sqlState } from './sql-state.js';
import type { LicenseId } from './verdict.js';

/** Interval of the polls, in ms. Sessions that lose their license must end within 2 s (docs/protocol.md). */
export const REVOCATION_POLL_MS = 1_000;

/** A changed license. Sessions with it whose peer is not in `peers` must end. */
export interface LicenseChange {
  readonly licenseId: LicenseId;
  readonly kind: ChangeKind;
  /** The peers that are bound now. Empty if the license is revoked. */
  readonly peers: ReadonlySet<PeerId>;
}

/** Receives changes, each once, at most one page at a time. Must not throw. */
export type ChangeListener = (changes: readonly LicenseChange[]) => void;

/** Called after each poll: whether it succeeded, else with the code of PostgreSQL or the system, if there is one. */
export type PollListener = (isAnswered: boolean, code?: string) => void;

const NO_PEERS: ReadonlySet<PeerId> = new Set();

/**
 * Polls the database for revoked licenses, transfers by users and released devices. If there is more than one page, a poll
 * reads all pages. After an outage the next poll reports the changes of the meantime. The first poll also reports changes of
 * the last `CHANGE_OVERLAP_MS`.
 */
export class RevocationWatch {
  readonly #licenses: LicenseRepository;
  readonly #onPoll: PollListener;
  #listener: ChangeListener | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Never rejects. */
  #polling: Promise<void> | undefined;
  #asOf: DatabaseTime | undefined;
  /** The changes of the previous poll, because polls overlap. */
  #reported = new Set<string>();

  constructor(licenses: LicenseRepository, onPoll: PollListener = () => undefined) {
    this.#licenses = licenses;
    this.#onPoll = onPoll;
  }

  /** Starts polling at once. Does nothing if it is started. */
  start(onChanged: ChangeListener): void {
    if (this.#listener !== undefined) return;
    this.#listener = onChanged;
    this.#polling = this.#poll(onChanged);
  }

  /** Stops: the listener is not called any more. Resolves when the current poll has ended and the database can be closed. */
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

  /** If it fails, the next poll starts again and reports no change twice. */
  async #readAll(listener: ChangeListener): Promise<void> {
    const seen = new Set<string>();
    let page = await this.#licenses.changedSince(this.#asOf);
    const { asOf } = page;
    for (;;) {
      await this.#report(page, listener);
      if (this.#listener !== listener) return;
      for (const change of page.changes) seen.add(nameOf(change));
      if (page.next === undefined) break;
      page = await this.#licenses.changedSince(page.next);
    }
    this.#asOf = asOf;
    this.#reported = seen;
  }

  async #report({ changes }: ChangePage, listener: ChangeListener): Promise<void> {
    const fresh = changes.filter((change) => !this.#reported.has(nameOf(change)));
    const usable = fresh.filter(({ kind }) => kind !== 'revoked').map(({ licenseId }) => licenseId);
    const peers = usable.length === 0 ? undefined : await this.#licenses.peersOn(usable);
    if (fresh.length === 0 || this.#listener !== listener) return;
    for (const change of fresh) this.#reported.add(nameOf(change));
    listener(fresh.map(({ licenseId, kind }) => ({ licenseId, kind, peers: peers?.get(licenseId) ?? NO_PEERS })));
  }
}

function nameOf({ licenseId, changedAt, kind }: ChangedLicense): string {
  return `${licenseId} ${kind} ${changedAt}`;
}
