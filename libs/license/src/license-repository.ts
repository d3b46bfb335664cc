import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import type { LicenseId, Verdict } from './verdict.js';

/** A moment of the database's clock, as the database writes it. Only for asking again. */
export type DatabaseTime = string & { readonly __brand: 'DatabaseTime' };

/** A license that is revoked, and since when: revoked again, it has another time. */
export interface Revocation {
  readonly licenseId: LicenseId;
  readonly revokedAt: DatabaseTime;
}

/** The licenses revoked since a moment, and the moment of asking. */
export interface Revocations {
  readonly revocations: readonly Revocation[];
  readonly asOf: DatabaseTime;
}

/** The licenses, as a gateway asks for them. A DI token and a contract. */
export abstract class LicenseRepository {
  /**
   * May this device register as this peer with this key? Binds them where the license is free to take them: one
   * transaction, in which the database's own constraints decide between those that come at once. Asking again is safe and
   * gives the same verdict. Never rejects: when the database has not answered within `LICENSE_DEADLINE_MS`, or too many
   * wait already, the verdict is `license_unavailable`, and then an activation was made whole or not at all.
   */
  abstract authorize(key: string, device: DeviceId, peer: PeerId): Promise<Verdict>;

  /**
   * The licenses revoked since a moment (`undefined`: lately), with an overlap of `REVOCATION_OVERLAP_MS`, so that one whose
   * transaction took a while is not missed: the same ones come again. Rejects when the database does not answer.
   */
  abstract revokedSince(since: DatabaseTime | undefined): Promise<Revocations>;

  /** Questions that wait for their turn now; bounded. */
  abstract get waiting(): number;
}

/** A verdict is given within this time, from the question on. Clients are promised 3 s. */
export const LICENSE_DEADLINE_MS = 2_500;

/** Longer than a revocation's statement may run before it commits. */
export const REVOCATION_OVERLAP_MS = 10_000;
