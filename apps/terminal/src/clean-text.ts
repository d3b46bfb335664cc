import { stripVTControlCharacters } from 'node:util';

/** Longest text that is sent at once, and so much is shown of what another sends. Characters. */
export const LONGEST_TEXT = 16_000;
/** Lines shown of it. */
const MOST_LINES = 1_000;

/** C0 and C1 controls, and the characters that turn the direction of writing round. */
// eslint-disable-next-line no-control-regex -- controls are what is to be found
const DANGEROUS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * The lines of a text that somebody else wrote, with nothing in them that a terminal would obey. Where it is cut, the
 * last one says so.
 */
export function cleanLines(text: string): readonly string[] {
  const lines = text.slice(0, LONGEST_TEXT).split(/\r\n|\n|\r/);
  const isCut = text.length > LONGEST_TEXT || lines.length > MOST_LINES;
  const shown = lines
    .slice(0, MOST_LINES)
    .map((line) => stripVTControlCharacters(line).replaceAll('\t', '  ').replace(DANGEROUS, '\u{fffd}'));
  return isCut ? [...shown, '… (too long: the rest is not shown)'] : shown;
}
