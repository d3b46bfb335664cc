import { createHash } from 'node:crypto';
import type { DeviceId } from '@white-rabbit/protocol';

/**
 * The stored form of a device id: its SHA-256, base64url. For an identity without a key the id is all that a client has to
 * know, so a reader of the database must not learn it.
 */
export type DeviceHash = string & { readonly __brand: 'DeviceHash' };

/** Characters of a hash that operators see and write. */
const SHOWN = 12;

/** The hash of a device id. */
export function deviceHash(device: DeviceId): DeviceHash {
  return createHash('sha256').update(device).digest('base64url') as DeviceHash;
}

/** The beginning of the hash, which names a device for operators. */
export function shownDevice(hash: string): string {
  return hash.slice(0, SHOWN);
}

/**
 * The hashes that an operator can mean: that of a device id, or all that begin with what `shownDevice` shows.
 *
 * @returns the bounds of a range, both included.
 */
export function devicesMeant(text: string): { readonly from: string; readonly to: string } {
  if (text.length !== SHOWN) {
    const hash = deviceHash(text as DeviceId);
    return { from: hash, to: hash };
  }
  // `~` is behind every character of base64url.
  return { from: text, to: `${text}~` };
}
