import type { LicenseId } from '../verdict.js';

/** What was done to licenses. `transfer`: a user moved a license to another device. */
export type AuditAction = 'issue' | 'import' | 'revoke' | 'restore' | 'release' | 'transfer';

/** Who did it where nobody gave a name. */
export const UNNAMED = 'unnamed';

/** Who did it where a user did, by `register`. No operator may call himself that. */
export const SELF_SERVICE = 'self-service';

/** Longest name of an operator. Characters. */
export const MAX_OPERATOR_LENGTH = 64;

/** One line of the audit trail: what changed, when, by whom. It never has a key, a device, a peer or an address in it. */
export interface AuditEntry {
  /** Rises with each entry; may leave some out. */
  readonly id: number;
  readonly at: Date;
  readonly operator: string;
  readonly action: AuditAction;
  /** `null` where it was more than one license. */
  readonly licenseId: LicenseId | null;
  /** Licenses changed: 1 or more. */
  readonly count: number;
  /** More of it, in words of this program. */
  readonly detail: string | null;
}

/** What to write down of a change; the time is the database's. */
export type AuditNote = Omit<AuditEntry, 'id' | 'at'>;
