import { bytesOf } from './peer-key.js';

/** Crockford's base32, as in license keys: no I, L, O, U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 6;
const GROUP_LENGTH = 5;

/**
 * A short text about two peers that both compute: if two people read the same text, no one is between them. It holds both
 * keys, so that one comparison checks both directions. 150 bits of a SHA-256: six groups of five characters
 * (docs/protocol.md, section 9).
 */
export async function fingerprintOf(onePeerId: string, otherPeerId: string): Promise<string> {
  const lines = ['white-rabbit.v1.fingerprint', ...[onePeerId, otherPeerId].sort()];
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf(lines)));
  const bits = Array.from(digest, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const characters = Array.from({ length: GROUPS * GROUP_LENGTH }, (_, index) =>
    ALPHABET.charAt(Number.parseInt(bits.slice(index * 5, index * 5 + 5), 2)),
  );
  return (characters.join('').match(/.{5}/g) ?? []).join('-');
}
