import type { PeerId } from '@white-rabbit/protocol';

/** Why sessions of a license have to end. */
export type LicenseChangeKind = 'revoked' | 'transferred' | 'released';

/** A license that was changed. */
export interface LicenseChange {
  readonly licenseId: string;
  readonly kind: LicenseChangeKind;
  /** Peers that are bound to it now; none if it is revoked. */
  readonly peers: ReadonlySet<PeerId>;
}
