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
