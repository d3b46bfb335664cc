import { createHash } from 'node:crypto';
import type { LicenseKey } from './license-key.js';

/**
 * What is stored of a key: the SHA-256 of its canonical form, 32 bytes. A plain hash is enough, since a key is 130 random
 * bits: there is no list of likely keys to try, which is all that a salt and a slow hash would hinder.
 */
export function keyHash(key: LicenseKey): Buffer {
  return createHash('sha256').update(key).digest();
}
