import type { PeerId, PublicKey } from '@white-rabbit/protocol';
import type { DeviceHash } from '../device-hash.js';
import type { LicenseState } from '../activation-rule.js';
import type { LicenseId } from '../verdict.js';

/** Field `format` of the header. */
export const ARCHIVE_FORMAT = 'white-rabbit-licenses';

/** Increased if an older program could misread the archive. New fields that it can ignore do not count. */
export const ARCHIVE_VERSION = 1;

/** Licenses that are read at once, and stored by one statement. */
export const ARCHIVE_BATCH = 2_000;

/**
 * First line of an archive. The other lines are licenses, one each. Their number is in the header, so that an incomplete
 * archive is detected.
 */
export interface ArchiveHeader {
  readonly format: typeof ARCHIVE_FORMAT;
  readonly version: number;
  readonly licenses: number;
  /** Whether the archive has devices and peers. Without them every device is bound again at its next register. */
  readonly bindings: boolean;
  readonly exported_at: string;
}

/** A line of an archive: a license as it is stored, with the hash of its key. */
export interface ArchivedLicense {
  readonly id: LicenseId;
  /** SHA-256 of the key, 64 hexadecimal digits. */
  readonly key_hash: string;
  readonly hint: string;
  readonly state: LicenseState;
  readonly max_devices: number;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly created_at: string;
  readonly transferred_at: string | null;
  /** Present if the header has `bindings: true`. */
  readonly bindings?: readonly ArchivedBinding[];
}

/** A device and its peer on an archived license. Quarantines are not archived. */
export interface ArchivedBinding {
  readonly slot: number;
  readonly device_hash: DeviceHash;
  readonly peer_id: PeerId;
  /** The key that the device has shown. */
  readonly public_key: PublicKey | null;
  readonly bound_at: string;
}

/** The header, or `undefined` if the line is none, as in a file of keys. */
export function readHeader(line: string): ArchiveHeader | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const header = JSON.parse(line) as Partial<ArchiveHeader>;
    return header.format === ARCHIVE_FORMAT ? (header as ArchiveHeader) : undefined;
  } catch {
    return undefined;
  }
}

/** A description of the error in a header, or `undefined`. */
export function problemOfHeader({ version, licenses, bindings }: ArchiveHeader): string | undefined {
  if (!Number.isInteger(version) || version < 1) return 'the header has no version';
  if (version > ARCHIVE_VERSION) return 'the file was written by a later version of this program: use that version';
  if (!Number.isInteger(licenses) || licenses < 0) return 'the header does not say how many licenses there are';
  return typeof bindings === 'boolean' ? undefined : 'the header does not say whether there are bindings';
}
