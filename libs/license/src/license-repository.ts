import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import type { LicenseId, Verdict } from './verdict.js';

/** A moment of the database's clock, as the database writes it. Only for asking again. */
export type DatabaseTime = string & { readonly __brand: 'DatabaseTime' };

/** A license that is revoked, and since when: revoked again, it has another time. */
export interface Revocation {
  readonly licenseId: LicenseId;
  readonly revokedAt: DatabaseTime;
}

/** A license that its user moved to another device, and when: moved again, it has another time. */
export interface Transfer {
  readonly licenseId: LicenseId;
  readonly transferredAt: DatabaseTime;
  /** Those bound to it at the moment of asking. Sessions of others on it have lost their place. */
  readonly peers: readonly PeerId[];
}

/** The licenses whose sessions may have to end, and the moment of asking. */
export interface LicenseChanges {
  readonly revocations: readonly Revocation[];
  readonly transfers: readonly Transfer[];
  readonly asOf: DatabaseTime;
}

/** The licenses, as a gateway asks for them. A DI token and a contract. */
export abstract class LicenseRepository {
  /**
   * May this device register as this peer with this key? Binds them where the license is free to take them: one
   * transaction, in which the database's own constraints decide between those that come at once. Asking again is safe and
   * gives the same verdict. Never rejects: when the database has not answered within `LICENSE_DEADLINE_MS`, or too many
   * wait already, the verdict is `license_unavailable`, and then an activation was made whole or not at all.
   *
   * `wantsTransfer`: a license at its device limit is to be moved to this device, in place of the one that was bound first.
   * Without meaning where licenses are not to be moved by their users.
   */
  abstract authorize(key: string, device: DeviceId, peer: PeerId, wantsTransfer?: boolean): Promise<Verdict>;

  /**
   * The licenses revoked or moved since a moment (`undefined`: lately), with an overlap of `CHANGE_OVERLAP_MS`, so that a
   * change whose transaction took a while is not missed: the same ones come again. Rejects when the database does not answer.
   */
  abstract changedSince(since: DatabaseTime | undefined): Promise<LicenseChanges>;

  /** Questions that wait for their turn now; bounded. */
  abstract get waiting(): number;
}

/** A verdict is given within this time, from the question on. Clients are promised 3 s. */
export const LICENSE_DEADLINE_MS = 2_500;

/** Longer than a change may run before it commits. */
export const CHANGE_OVERLAP_MS = 10_000;
