import { createHash } from 'node:crypto';
import type { DeviceId } from '@white-rabbit/protocol';

/**
 * The stored form of a device id: its SHA-256, base64url. For an identity without a key the id is all that a client has to
 * know, so a reader of the database must not learn it.
 */
export type DeviceHash = string & { readonly __brand: 'DeviceHash' };

/** The hash of a device id. */
export function deviceHash(device: DeviceId): DeviceHash {
  return createHash('sha256').update(device).digest('base64url') as DeviceHash;
}

/** Begins a hash that operators see and write: no device id has a colon. */
const PREFIX = 'sha256:';
const SHOWN = 12;

/** The beginning of the hash, which names a device for operators. */
export function shownDevice(hash: DeviceHash): string {
  return PREFIX + hash.slice(0, SHOWN);
}

/**
 * The hashes that an operator can mean: that of a device id, or all that begin with what `shownDevice` shows.
 *
 * @returns the bounds of a range, both included. No hash is in it if the text is neither.
 */
export function devicesMeant(text: string): { readonly from: string; readonly to: string } {
  const shown = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : undefined;
  const from = shown ?? deviceHash(text as DeviceId);
  if (shown === undefined || shown.length < SHOWN) return { from, to: from };
  // `~` is behind every character of base64url.
  return { from, to: `${from}~` };
}
