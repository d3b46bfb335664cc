import type { ErrorCode } from '@white-rabbit/protocol';

/** A license's own name: a UUID. Never shown to a client, never logged. */
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
  | 'license_unavailable'
>;

/** The one closed result of a license check. */
export type Verdict =
  | {
      readonly outcome: 'accepted';
      readonly licenseId: LicenseId;
      /** From the answer of the database to the license's expiry, by the database's clock. `undefined`: it does not expire. */
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

/** The license lets this device and peer in. */
export function accepted(licenseId: LicenseId, expiresInMs?: number): Verdict {
  return { outcome: 'accepted', licenseId, expiresInMs };
}

/** It does not. */
export function refused(code: RefusalCode): Verdict {
  return { outcome: 'refused', code };
}

/** Nothing was decided. `retryAfterMs`: when to ask again, if that is known. */
export function unavailable(retryAfterMs?: number): Verdict {
  const code = 'license_unavailable';
  return { outcome: 'refused', code, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** It was moved lately, and may be moved again in so many days. */
export function transferTooSoon(waitDays: number): Verdict {
  return { outcome: 'refused', code: 'license_transfer_too_soon', waitDays };
}
