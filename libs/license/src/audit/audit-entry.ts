import type { LicenseId } from '../verdict.js';

/**
 * Kinds of changes. `transfer`: a user moved a license to another device. `prune`: an operator removed old entries of the
 * audit trail.
 */
export const AUDIT_ACTIONS = [
  ...(['issue', 'import', 'revoke', 'restore', 'renew', 'update', 'delete', 'release', 'transfer'] as const),
  'prune',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** The operator of a change without a name. */
export const UNNAMED = 'unnamed';

/** The operator of a transfer, which a user makes by `register`. Operators cannot use this name. */
export const SELF_SERVICE = 'self-service';

/** Most characters of an operator's name. */
export const MAX_OPERATOR_LENGTH = 64;

/** An entry of the audit trail. It never contains a key, a device, a peer or an address. */
export interface AuditEntry {
  /** Increases with each entry; numbers can be missing. */
  readonly id: number;
  readonly at: Date;
  readonly operator: string;
  readonly action: AuditAction;
  /** `null` for a change of several licenses, and for `prune`. */
  readonly licenseId: LicenseId | null;
  /** Number of changed licenses, 1 or more; with `prune` of removed entries. */
  readonly count: number;
  /** Further description of the change. */
  readonly detail: string | null;
}

/** An entry to write. The database sets id and time. */
export type AuditNote = Omit<AuditEntry, 'id' | 'at'>;
