import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CROCKFORD } from './check-characters.js';
import { keyHash, generateLicenseKey, licenseKeyHint, normalizeLicenseKey } from './license-key.js';

const keys = fc.constant(undefined).map(generateLicenseKey);
const bare = (key: string) => key.replaceAll('-', '');

/** Every text that differs from the key in one character, all printable ASCII tried. */
function* typos(text: string): Generator<string> {
  for (let at = 0; at < text.length; at++)
    for (let code = 33; code < 127; code++) yield text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
}

function* swaps(text: string): Generator<string> {
  for (let at = 0; at + 1 < text.length; at++)
    yield text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
}

/** The characters that a text stands for, by the reading rules alone. */
const meaning = (text: string) => text.toUpperCase().replaceAll('-', '').replaceAll('O', '0').replace(/[IL]/g, '1');

describe('A license key', () => {
  test('has the form of the protocol', () => {
    fc.assert(fc.property(keys, (key) => /^WR1(-[0-9A-HJKMNP-TV-Z]{5}){6}$/.test(key)));
  });

  test('is different each time', () => {
    expect(new Set(Array.from({ length: 1000 }, generateLicenseKey)).size).toBe(1000);
  });

  test('uses every character of the alphabet', () => {
    const seen = new Set(Array.from({ length: 200 }, generateLicenseKey).flatMap((key) => Array.from(key.slice(4))));
    for (const character of CROCKFORD) expect(seen).toContain(character);
  });

  test('is read from its own text', () => {
    fc.assert(fc.property(keys, (key) => normalizeLicenseKey(key) === key));
  });

  test('is read in any case, with look-alike characters, dashes and blanks', () => {
    const disguise = fc.tuple(keys, fc.array(fc.nat(5), { minLength: 33, maxLength: 33 }));
    fc.assert(
      fc.property(disguise, ([key, styles]) => {
        const typed = Array.from(bare(key))
          .map((character, i) => disguised(character, styles[i] ?? 0))
          .join('');
        return normalizeLicenseKey(typed) === key;
      }),
    );
  });

  test('is refused with any one character changed', () => {
    for (const key of Array.from({ length: 20 }, generateLicenseKey)) {
      const others = [...typos(bare(key))].filter((typo) => meaning(typo) !== bare(key));
      expect(others.filter((typo) => normalizeLicenseKey(typo) !== undefined)).toEqual([]);
    }
  });

  test('is refused with any two neighbors swapped', () => {
    for (const key of Array.from({ length: 500 }, generateLicenseKey)) {
      const others = [...swaps(bare(key))].filter((swap) => swap !== bare(key));
      expect(others.filter((swap) => normalizeLicenseKey(swap) !== undefined)).toEqual([]);
    }
  });

  test('is refused with up to four characters changed anywhere after the prefix', () => {
    const change = fc.tuple(fc.integer({ min: 3, max: 32 }), fc.integer({ min: 1, max: 31 }));
    const changes = fc.uniqueArray(change, { minLength: 1, maxLength: 4, selector: ([at]) => at });
    fc.assert(
      fc.property(keys, changes, (key, list) => {
        const characters = Array.from(bare(key));
        for (const [at, by] of list)
          characters[at] = CROCKFORD.charAt((CROCKFORD.indexOf(characters[at] ?? '') + by) % 32);
        return normalizeLicenseKey(characters.join('')) === undefined;
      }),
      { numRuns: 2000 },
    );
  });

  test('is refused if it is too short or too long, or has another prefix or non-ASCII letters', () => {
    const key = bare(generateLicenseKey());
    const texts = [
      '',
      'WR1',
      key.slice(0, -1),
      `${key}0`,
      `WR2${key.slice(3)}`,
      key.replace('W', 'Ｗ'),
      ' '.repeat(500),
    ];
    for (const text of texts) expect(normalizeLicenseKey(text)).toBeUndefined();
  });

  test('is read from any text without an exception', () => {
    // Surrogates without a partner included. The `binary` unit of fast-check takes seconds to build.
    const anyUnit = fc.nat(0xffff).map((code) => String.fromCharCode(code));
    fc.assert(fc.property(fc.string({ unit: anyUnit }), (text) => normalizeLicenseKey(text) === undefined));
  });

  test('has a hash of 32 bytes that differs between keys', () => {
    const [one, other] = [generateLicenseKey(), generateLicenseKey()];
    expect(keyHash(one)).toHaveLength(32);
    expect(keyHash(one)).toEqual(keyHash(one));
    expect(keyHash(one)).not.toEqual(keyHash(other));
  });

  test('has its last four characters as its hint', () => {
    fc.assert(fc.property(keys, (key) => key.endsWith(licenseKeyHint(key)) && licenseKeyHint(key).length === 4));
  });
});

function disguised(character: string, style: number): string {
  const lookAlike = character === '0' ? 'o' : character === '1' ? 'l' : character.toLowerCase();
  return (
    [character, character.toLowerCase(), lookAlike, `${character}-`, ` ${character}`, `${character}\t–`][style] ?? ''
  );
}
