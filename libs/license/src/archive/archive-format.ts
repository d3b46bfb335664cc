import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import type { LicenseState } from '../activation-rule.js';
import type { LicenseId } from '../verdict.js';

/** First field of an archive's first line. */
export const ARCHIVE_FORMAT = 'white-rabbit-licenses';

/** Raised when an older program could misread what is written; new fields that may be ignored do not count. */
export const ARCHIVE_VERSION = 1;

/** Licenses that are read at once, and stored by one statement. */
export const ARCHIVE_BATCH = 2_000;

/**
 * First line of an archive. After it comes one license a line, and nothing else: `licenses` of them, so that an archive
 * that was cut short is noticed.
 */
export interface ArchiveHeader {
  readonly format: typeof ARCHIVE_FORMAT;
  readonly version: number;
  readonly licenses: number;
  /** Whether the devices and peers were written, too. Without them every device is bound anew. */
  readonly bindings: boolean;
  readonly exported_at: string;
}

/** A line of an archive: a license as it is stored. Its key is not in it, since nobody knows it; its hash is. */
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
  /** There only where the header says so. */
  readonly bindings?: readonly ArchivedBinding[];
}

/** A device and its peer on an archived license. */
export interface ArchivedBinding {
  readonly slot: number;
  readonly device_id: DeviceId;
  readonly peer_id: PeerId;
  readonly bound_at: string;
}

/** The header, where this line is one; a file of keys has none. */
export function readHeader(line: string): ArchiveHeader | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const header = JSON.parse(line) as Partial<ArchiveHeader>;
    return header.format === ARCHIVE_FORMAT ? (header as ArchiveHeader) : undefined;
  } catch {
    return undefined;
  }
}

/** What is wrong with a header, in words; `undefined` where nothing is. */
export function problemOfHeader({ version, licenses, bindings }: ArchiveHeader): string | undefined {
  if (!Number.isInteger(version) || version < 1) return 'the header has no version';
  if (version > ARCHIVE_VERSION) return 'the file was written by a later version of this program: use that';
  if (!Number.isInteger(licenses) || licenses < 0) return 'the header does not say how many licenses there are';
  return typeof bindings === 'boolean' ? undefined : 'the header does not say whether there are bindings';
}
