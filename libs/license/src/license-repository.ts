import type { DeviceId, PeerId, PublicKey } from '@white-rabbit/protocol';
import type { LicenseId, Verdict } from './verdict.js';

/** A time of the clock of the database, in its own notation, for the next query. */
export type DatabaseTime = string & { readonly __brand: 'DatabaseTime' };

/** A position in the write-ahead log of the database, in its own notation. */
export type WalPosition = string & { readonly __brand: 'WalPosition' };

/**
 * Kinds of changes after which sessions can have to end. `revoked`: by an operator. `transferred`: the user moved the license
 * to another device. `released`: an operator released a device.
 */
export type ChangeKind = 'revoked' | 'transferred' | 'released';

/** A changed license and the time of its latest change. */
export interface ChangedLicense {
  readonly licenseId: LicenseId;
  readonly changedAt: DatabaseTime;
  readonly kind: ChangeKind;
}

/** The last license of a page of changes: the cursor of the page after it. */
export type ChangeCursor = Pick<ChangedLicense, 'changedAt' | 'licenseId'>;

/** Licenses that were changed, oldest change first. */
export interface ChangePage {
  /** `CHANGES_PER_PAGE` at most. */
  readonly changes: readonly ChangedLicense[];
  /** The time of the query. */
  readonly asOf: DatabaseTime;
  /** Cursor of the next page, if there can be one. */
  readonly next: ChangeCursor | undefined;
}

/** What else a device has sent with its `register`. */
export interface RegisterRequest {
  /** The key whose possession the client has shown; `undefined`: none. */
  readonly publicKey?: PublicKey | undefined;
  /**
   * If the license is at its device limit, move it to this device from the device that was bound first. Ignored if
   * transfers are turned off.
   */
  readonly wantsTransfer?: boolean | undefined;
}

/** The licenses for a gateway. A DI token and a port. */
export abstract class LicenseRepository {
  /**
   * Whether this device may register as this peer with this key. Binds them if the license has a free slot: one transaction,
   * in which constraints of the database decide between concurrent activations. A repeated call is safe and gives the same
   * verdict. Never rejects: if the database does not respond within `LICENSE_DEADLINE_MS`, or too many checks wait, the
   * verdict is `license_unavailable`; the activation is then complete or absent.
   *
   * An identity with a key is accepted only with that key (docs/protocol.md, section 8).
   */
  abstract authorize(key: string, device: DeviceId, peer: PeerId, request?: RegisterRequest): Promise<Verdict>;

  /**
   * One page of the licenses changed since a moment (`undefined`: recently), with an overlap of `CHANGE_OVERLAP_MS`,
   * so that a change with a long transaction is not missed; the same changes are returned again. With a cursor: the
   * page after it. Rejects if the database does not respond.
   */
  abstract changedSince(from: DatabaseTime | ChangeCursor | undefined): Promise<ChangePage>;

  /**
   * The peers bound to each of these licenses at the time of the query. A license that is absent has none. Rejects if
   * the database does not respond.
   *
   * @param licenses `CHANGES_PER_PAGE` at most.
   */
  abstract peersOn(licenses: readonly LicenseId[]): Promise<ReadonlyMap<LicenseId, ReadonlySet<PeerId>>>;

  /** Number of checks that wait; bounded. */
  abstract get waiting(): number;

  /** Checks of known devices that may run at once now; fewer while the database is slow. */
  abstract get limit(): number;
}

/** Time limit of a check, in ms. The protocol promises 3 s. */
export const LICENSE_DEADLINE_MS = 2_500;

/** Overlap of two polls, in ms: longer than the transaction of a change. */
export const CHANGE_OVERLAP_MS = 10_000;

/** Most changes on a page. Bounds the sessions that a gateway ends at once. */
export const CHANGES_PER_PAGE = 1_000;
