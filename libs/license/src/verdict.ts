import type { ErrorCode } from '@white-rabbit/protocol';

/** The id of a license, a UUID. Never sent to a client, never logged. */
export type LicenseId = string & { readonly __brand: 'LicenseId' };

/** Why a license check is refused (docs/protocol.md). */
export type RefusalCode = Extract<
  ErrorCode,
  | 'license_invalid'
  | 'license_revoked'
  | 'license_expired'
  | 'license_device_limit'
  | 'license_transfer_too_soon'
  | 'license_identity_mismatch'
  | 'peer_id_taken'
  | 'proof_required'
  | 'proof_invalid'
  | 'license_unavailable'
>;

/** The result of a license check. */
export type Verdict =
  | {
      readonly outcome: 'accepted';
      readonly licenseId: LicenseId;
      /** Time until the expiry in ms, by the clock of the database. `undefined`: it does not expire. */
      readonly expiresInMs?: number | undefined;
    }
  | {
      readonly outcome: 'refused';
      readonly code: RefusalCode;
      /** With `license_transfer_too_soon`: whole days until the license may be moved, 1 or more. */
      readonly waitDays?: number;
      /** With `license_unavailable`, if it is known: ms after which the client is expected to get a verdict. */
      readonly retryAfterMs?: number;
    };

/** The verdict that accepts a device and peer. */
export function accepted(licenseId: LicenseId, expiresInMs?: number): Verdict {
  return { outcome: 'accepted', licenseId, expiresInMs };
}

/** The verdict that refuses them. */
export function refused(code: RefusalCode): Verdict {
  return { outcome: 'refused', code };
}

/** The verdict `license_unavailable`. `retryAfterMs`: time until a retry, if known. */
export function unavailable(retryAfterMs?: number): Verdict {
  const code = 'license_unavailable';
  return { outcome: 'refused', code, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** The verdict `license_transfer_too_soon`: the license may be moved again in `waitDays`. */
export function transferTooSoon(waitDays: number): Verdict {
  return { outcome: 'refused', code: 'license_transfer_too_soon', waitDays };
}
