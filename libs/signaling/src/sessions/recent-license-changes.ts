import type { LicenseChange, LicenseChangeKind } from './license-change.js';
import type { PeerId } from '@white-rabbit/protocol';

/** Longer than any register takes, its waits for the database and the cluster included. Ms. */
const EXCEEDS_REGISTER_MS = 60_000;

/** A change, and when this node was told. */
interface Noted {
  readonly toldAtMs: number;
  readonly change: LicenseChange;
}

/**
 * Licenses that were changed lately, each with its latest change: a register that asked the database before must not slip
 * through behind it. Bounded by the changes of a minute.
 */
export class RecentLicenseChanges {
  /** The one told of first comes first. */
  readonly #noted = new Map<string, Noted>();

  /** These licenses were changed. `nowMs` is monotonic. */
  note(changes: readonly LicenseChange[], nowMs: number): void {
    for (const [license, { toldAtMs }] of this.#noted) {
      if (nowMs - toldAtMs <= EXCEEDS_REGISTER_MS) break;
      this.#noted.delete(license);
    }
    for (const change of changes) {
      this.#noted.delete(change.licenseId);
      this.#noted.set(change.licenseId, { toldAtMs: nowMs, change });
    }
  }

  /** The change told at or after `sinceMs` that left this peer without a place. What was told before is known to whoever asks the database. */
  displacing(license: string, peer: PeerId, sinceMs: number): LicenseChangeKind | undefined {
    const noted = this.#noted.get(license);
    if (noted === undefined || noted.toldAtMs < sinceMs || noted.change.peers.has(peer)) return undefined;
    return noted.change.kind;
  }
}
