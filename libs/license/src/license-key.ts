import { createHash, randomBytes } from 'node:crypto';
import { CHECK_LENGTH, checkCharacters, CROCKFORD } from './check-characters.js';

/** A license key in its one canonical form: `WR1-` and six groups of five characters, upper case. */
export type LicenseKey = string & { readonly __brand: 'LicenseKey' };

/** 26 characters of 5 bits: 130 bits that cannot be guessed. */
const RANDOM_LENGTH = 26;
const PREFIX = 'WR1';

/** Longest text that is parsed: a key with a space after every character, and a margin. Characters. */
const MAX_TEXT_LENGTH = 128;

const DASHES_AND_BLANKS = /[\s\p{Pd}]/gu;
const CANONICAL_CHARACTERS = new RegExp(`^${PREFIX}[${CROCKFORD}]{${RANDOM_LENGTH + CHECK_LENGTH}}$`);

/** A new key from the system's random source. */
export function generateLicenseKey(): LicenseKey {
  const random = [...randomBytes(RANDOM_LENGTH)].map((byte) => CROCKFORD.charAt(byte & 31)).join('');
  return inGroups(random + checkCharacters(random));
}

/**
 * Parses a key as people type it: any case, `O` for `0`, `I` and `L` for `1`, dashes and blanks anywhere or nowhere.
 * `undefined` if it is not a key or its check characters are wrong.
 */
export function normalizeLicenseKey(text: string): LicenseKey | undefined {
  if (text.length > MAX_TEXT_LENGTH) return undefined;
  const typed = text.replace(DASHES_AND_BLANKS, '');
  // ASCII first: `ſ` and `ı` have ASCII capitals, and would be read as other characters than were typed.
  if (!/^[0-9A-Za-z]*$/.test(typed)) return undefined;
  const characters = typed.toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1');
  if (!CANONICAL_CHARACTERS.test(characters)) return undefined;
  const random = characters.slice(PREFIX.length, -CHECK_LENGTH);
  return characters.endsWith(checkCharacters(random)) ? inGroups(characters.slice(PREFIX.length)) : undefined;
}

/** The last four characters of a key: the only part of it that operators can see later. */
export function licenseKeyHint(key: LicenseKey): string {
  return key.slice(-4);
}

function inGroups(characters: string): LicenseKey {
  const groups = characters.match(/.{5}/g) ?? [];
  return [PREFIX, ...groups].join('-') as LicenseKey;
}

/** The form in which a proof of possession signs a key: the SHA-256 of its characters without dashes, in hex. */
export function keyHashInProof(key: LicenseKey): string {
  return createHash('sha256').update(key.replaceAll('-', '')).digest('hex');
}

/**
 * The stored form of a key: the SHA-256 of its canonical form, 32 bytes. A plain hash is sufficient, because a key is
 * 130 random bits: there is no list of likely keys to try, which is what a salt and a slow hash would protect against.
 */
export function keyHash(key: LicenseKey): Buffer {
  return createHash('sha256').update(key).digest();
}
