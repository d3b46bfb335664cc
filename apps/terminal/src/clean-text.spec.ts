import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cleanLines } from './clean-text.js';

describe('cleanLines', () => {
  it('keeps a harmless text unchanged', () => {
    expect(cleanLines('Off with their heads! 머리를 베어라 🐇 "quoted" <b>')).toEqual([
      'Off with their heads! 머리를 베어라 🐇 "quoted" <b>',
    ]);
  });

  it('splits a text into lines', () => {
    expect(cleanLines('one\ntwo\r\nthree\rfour')).toEqual(['one', 'two', 'three', 'four']);
  });

  it.each([
    ['colors', '\u001b[31mred\u001b[0m', 'red'],
    ['a new window title', '\u001b]0;owned\u0007text', 'text'],
    ['a movement of the cursor', 'a\u001b[2Ab', 'ab'],
    ['a bell and a backspace', 'a\u0007b\u0008', 'a\u{fffd}b\u{fffd}'],
    ['a bare escape', 'a\u001b', 'a\u{fffd}'],
    ['a change of the writing direction', 'a\u202eb', 'a\u{fffd}b'],
    ['an Arabic letter mark', 'a\u061cb', 'a\u{fffd}b'],
  ])('removes %s', (_, text, shown) => {
    expect(cleanLines(text)).toEqual([shown]);
  });

  it('removes all control characters of any text', () => {
    const nasty = fc.string({ unit: fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(nasty, (text) => {
        // eslint-disable-next-line no-control-regex -- the expression must match controls
        for (const line of cleanLines(text)) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });

  it('keeps a text of 16,000 characters', () => {
    expect(cleanLines('x'.repeat(16_000))).toEqual(['x'.repeat(16_000)]);
  });

  it('cuts longer texts and adds a line that says so', () => {
    const sign = '… (too long: the rest is not shown)';
    expect(cleanLines('x'.repeat(16_001))).toEqual(['x'.repeat(16_000), sign]);
    const rows = cleanLines('\n'.repeat(16_000));
    expect([rows.length, rows.at(-1)]).toEqual([1_001, sign]);
  });
});
