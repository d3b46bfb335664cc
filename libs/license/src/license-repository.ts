import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import type { LicenseId, Verdict } from './verdict.js';

/** A moment of the database's clock, as the database writes it. Only for asking again. */
export type DatabaseTime = string & { readonly __brand: 'DatabaseTime' };

/**
 * What was done to a license so that sessions on it may have to end. `revoked`: it may not be used any more. `transferred`:
 * its user moved it to another device. `released`: an operator took a device off it.
 */
export type ChangeKind = 'revoked' | 'transferred' | 'released';

/** A license that was changed, and when it was changed last: changed again, it has another time. */
export interface ChangedLicense {
  readonly licenseId: LicenseId;
  readonly changedAt: DatabaseTime;
  readonly kind: ChangeKind;
}

/** The last license of a page of changes: where the page after it begins. */
export type ChangeCursor = Pick<ChangedLicense, 'changedAt' | 'licenseId'>;

/** Licenses that were changed, oldest change first. */
export interface ChangePage {
  /** `CHANGES_PER_PAGE` at most. */
  readonly changes: readonly ChangedLicense[];
  /** The moment of asking. */
  readonly asOf: DatabaseTime;
  /** Where there may be more. */
  readonly next: ChangeCursor | undefined;
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
   * One page of the licenses changed since a moment (`undefined`: lately), with an overlap of `CHANGE_OVERLAP_MS`, so that a
   * change whose transaction took a while is not missed: the same ones come again. From a cursor: the page after it. Rejects
   * when the database does not answer.
   */
  abstract changedSince(from: DatabaseTime | ChangeCursor | undefined): Promise<ChangePage>;

  /**
   * The peers bound to each of these licenses at the moment of asking; to one that is not in the answer, none. Rejects when
   * the database does not answer.
   *
   * @param licenses `CHANGES_PER_PAGE` at most.
   */
  abstract peersOn(licenses: readonly LicenseId[]): Promise<ReadonlyMap<LicenseId, ReadonlySet<PeerId>>>;

  /** Questions that wait for their turn now; bounded. */
  abstract get waiting(): number;
}

/** A verdict is given within this time, from the question on. Clients are promised 3 s. */
export const LICENSE_DEADLINE_MS = 2_500;

/** Longer than a change may run before it commits. */
export const CHANGE_OVERLAP_MS = 10_000;

/** Bounds the answer, and how many sessions a gateway ends before it does anything else. */
export const CHANGES_PER_PAGE = 1_000;
