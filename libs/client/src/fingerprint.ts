import { bytesOf } from './peer-key.js';

/** Crockford's base32, as in license keys: no I, L, O, U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 6;
const GROUP_LENGTH = 5;

/** The first line of what is hashed. A fingerprint of one peer is never the fingerprint of two. */
const LABELS = { one: 'white-rabbit.v1.peer-fingerprint', two: 'white-rabbit.v1.fingerprint' } as const;

/**
 * A short text about the keys of peers, for people to compare. 150 bits of a SHA-256: six groups of five characters
 * (docs/protocol.md, section 9).
 *
 * - Of two peers, in any order: both compute it. If two people read the same text, no one is between them. It holds both
 *   keys, so that one comparison checks both directions.
 * - Of one peer: that peer reads it out, for example to a user that has its invitation.
 */
export async function fingerprintOf(...peerIds: [string] | [string, string]): Promise<string> {
  const lines = [peerIds.length === 1 ? LABELS.one : LABELS.two, ...[...peerIds].sort()];
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf(lines)));
  const bits = Array.from(digest, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const characters = Array.from({ length: GROUPS * GROUP_LENGTH }, (_, index) =>
    ALPHABET.charAt(Number.parseInt(bits.slice(index * 5, index * 5 + 5), 2)),
  );
  return (characters.join('').match(/.{5}/g) ?? []).join('-');
}
