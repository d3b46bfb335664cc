import { stripVTControlCharacters } from 'node:util';

/** Longest line shown of one message. */
const SHOWN = 4_000;

/** C0 and C1 controls, and the characters that turn the direction of writing round. */
// eslint-disable-next-line no-control-regex -- controls are what is to be found
const DANGEROUS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The lines of a text that somebody else wrote, with nothing in them that a terminal would obey. */
export function cleanLines(text: string): readonly string[] {
  return text
    .slice(0, SHOWN)
    .split(/\r\n|\n|\r/)
    .map((line) => stripVTControlCharacters(line).replaceAll('\t', '  ').replace(DANGEROUS, '\u{fffd}'));
}
