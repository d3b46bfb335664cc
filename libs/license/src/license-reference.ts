import { keyHash } from './key-hash.js';
import { normalizeLicenseKey } from './license-key.js';
import type { LicenseId } from './verdict.js';

/** How an operator names a license: by its whole key, or by its id. */
export type LicenseReference =
  { readonly by: 'key'; readonly keyHash: Buffer } | { readonly by: 'id'; readonly id: LicenseId };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads a key or an id; `undefined` when it is neither. */
export function parseLicenseReference(text: string): LicenseReference | undefined {
  const key = normalizeLicenseKey(text);
  if (key !== undefined) return { by: 'key', keyHash: keyHash(key) };
  const id = text.trim().toLowerCase();
  return UUID.test(id) ? { by: 'id', id: id as LicenseId } : undefined;
}
