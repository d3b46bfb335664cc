import type { PeerId } from '@white-rabbit/protocol';

/** Why the sessions of a license must end. */
export type LicenseChangeKind = 'revoked' | 'transferred' | 'released';

/** A license that was changed. */
export interface LicenseChange {
  readonly licenseId: string;
  readonly kind: LicenseChangeKind;
  /** Peers that are bound to the license after the change; empty if it is revoked. */
  readonly peers: ReadonlySet<PeerId>;
}

/** Longer than any registration takes, including its waits for the database and the cluster. Ms. */
const EXCEEDS_REGISTER_MS = 60_000;

/** A change, and when this node received it. */
interface Noted {
  readonly toldAtMs: number;
  readonly change: LicenseChange;
}

/**
 * Licenses that were changed recently, each with its latest change: a registration that queried the database before
 * the change must not succeed after it. Bounded by the changes of one minute.
 */
export class RecentLicenseChanges {
  /** In the order in which the changes were received. */
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

  /**
   * The change received at or after `sinceMs` that leaves this peer without a binding. A license check that began
   * later has seen the earlier changes in the database.
   */
  displacing(license: string, peer: PeerId, sinceMs: number): LicenseChangeKind | undefined {
    const noted = this.#noted.get(license);
    if (noted === undefined || noted.toldAtMs < sinceMs || noted.change.peers.has(peer)) return undefined;
    return noted.change.kind;
  }
}
