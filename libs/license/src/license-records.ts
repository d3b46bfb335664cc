import type { LicenseState } from './activation-rule.js';
import type { DeviceHash } from './device-hash.js';
import { type LicenseKey, keyHash, normalizeLicenseKey } from './license-key.js';
import type { LicenseId } from './verdict.js';

/** The terms of a license. */
export interface LicenseTerms {
  /** Device limit, 1 to `MAX_DEVICES`. */
  readonly maxDevices: number;
  /** Time of expiry; `null`: none. */
  readonly expiresAt: Date | null;
}

/** The terms in words. */
export function termsText({ maxDevices, expiresAt }: LicenseTerms): string {
  const devices = maxDevices === 1 ? 'device' : 'devices';
  return `${maxDevices} ${devices}, expires ${expiresAt?.toISOString() ?? 'never'}`;
}

/** A key that was issued elsewhere, and its terms. */
export interface KeyOnTerms extends LicenseTerms {
  readonly key: LicenseKey;
}

/** An issued license with its key, which is not stored. */
export interface IssuedLicense extends KeyOnTerms {
  readonly id: LicenseId;
}

/** A stored license. */
export interface LicenseRecord extends LicenseTerms {
  readonly id: LicenseId;
  /** The last four characters of its key. */
  readonly hint: string;
  readonly state: LicenseState;
  /** Whether the expiry has passed, by the clock of the database. */
  readonly expired: boolean;
  /** Number of bound devices. */
  readonly devices: number;
  readonly revokedAt: Date | null;
  readonly createdAt: Date;
  /** Time of the last transfer by the user. */
  readonly transferredAt: Date | null;
}

/** A device and its peer. `hasKey`: the device has shown a key, so that each of its registers needs a proof. */
interface IdentityRecord {
  readonly deviceHash: DeviceHash;
  readonly peerId: string;
  readonly hasKey: boolean;
}

/** A device that is bound to a license. */
export interface BindingRecord extends IdentityRecord {
  readonly slot: number;
}

/** A device from which the license was moved without a proof. It can take its slot back until `endsAt`. */
export interface QuarantineRecord extends IdentityRecord {
  readonly endsAt: Date;
}

/** A license with its bindings in the order of their slots, and the devices in quarantine, those that lost it last first. */
export interface LicenseDetails {
  readonly license: LicenseRecord;
  readonly bindings: readonly BindingRecord[];
  readonly quarantines: readonly QuarantineRecord[];
}

/** A page of licenses, oldest first; `next` is the cursor of the page after it. */
export interface LicensePage {
  readonly licenses: readonly LicenseRecord[];
  readonly next: LicenseCursor | undefined;
}

/** The last license of a page. */
export type LicenseCursor = Pick<LicenseRecord, 'createdAt' | 'id'>;

/** A license, named by its complete key or by its id. */
export type LicenseReference =
  { readonly by: 'key'; readonly keyHash: Buffer } | { readonly by: 'id'; readonly id: LicenseId };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Parses a key or an id; `undefined` if the text is neither. */
export function parseLicenseReference(text: string): LicenseReference | undefined {
  const key = normalizeLicenseKey(text);
  if (key !== undefined) return { by: 'key', keyHash: keyHash(key) };
  const id = text.trim().toLowerCase();
  return UUID.test(id) ? { by: 'id', id: id as LicenseId } : undefined;
}
