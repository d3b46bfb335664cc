import { type KeyOnTerms, type LicenseTerms, MAX_DEVICES, normalizeLicenseKey } from '@white-rabbit/license';
import { CommandFailure } from './command-failure.js';
import { entriesOf, problemList } from './file-entries.js';
import { parseDate } from './parse-options.js';

/**
 * Reads keys: one a line, or a JSON array of keys or of the output of `issue --json`, which has its own terms.
 *
 * @throws CommandFailure with the errors by line or item. It quotes no content, which may be a part of a key.
 */
export function readKeys(text: string, terms: LicenseTerms): KeyOnTerms[] {
  const seen = new Map<string, string>();
  const problems: string[] = [];
  const keys = entriesOf(text).flatMap(({ place, value }) => {
    const key = readEntry(value, terms);
    const problem = typeof key === 'string' ? key : repeated(key, seen);
    if (problem !== undefined) problems.push(`${place}: ${problem}`);
    else if (typeof key !== 'string') seen.set(key.key, place);
    return typeof key === 'string' ? [] : [key];
  });
  if (problems.length > 0) throw new CommandFailure(problemList('Nothing was imported:', problems), 'badInput');
  return keys;
}

/** The key, or a description of the error. */
function readEntry(value: unknown, terms: LicenseTerms): KeyOnTerms | string {
  if (typeof value === 'string') return withTerms(value, terms);
  if (typeof value !== 'object' || value === null || !('license_key' in value)) return 'not a license key';
  const { license_key: text, max_devices: devices, expires_at: expires } = { ...NO_TERMS, ...value };
  if (typeof text !== 'string') return 'not a license key';
  const maxDevices = devices === undefined ? terms.maxDevices : devices;
  if (typeof maxDevices !== 'number' || !isDeviceCount(maxDevices)) return `max_devices is not 1 to ${MAX_DEVICES}`;
  const expiresAt = readExpiry(expires, terms);
  return expiresAt === undefined ? 'expires_at is not a date' : withTerms(text, { maxDevices, expiresAt });
}

const NO_TERMS: { license_key?: unknown; max_devices?: unknown; expires_at?: unknown } = {};

function readExpiry(value: unknown, terms: LicenseTerms): Date | null | undefined {
  if (value === undefined) return terms.expiresAt;
  return typeof value === 'string' ? parseDate(value) : value === null ? null : undefined;
}

function isDeviceCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= MAX_DEVICES;
}

function withTerms(text: string, terms: LicenseTerms): KeyOnTerms | string {
  const key = normalizeLicenseKey(text);
  return key === undefined ? 'not a license key' : { ...terms, key };
}

function repeated({ key }: KeyOnTerms, seen: ReadonlyMap<string, string>): string | undefined {
  const place = seen.get(key);
  return place && `the same key as ${place}`;
}
