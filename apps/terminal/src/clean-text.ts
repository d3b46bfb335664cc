import { stripVTControlCharacters } from 'node:util';
import { LONGEST_TEXT } from '@white-rabbit/client/chat';

/** Lines shown of one text. */
const MAX_LINES = 1_000;

/** C0 and C1 controls, and the characters that change the direction of writing. */
// eslint-disable-next-line no-control-regex -- the expression must match controls
const DANGEROUS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * The lines of a received text, without characters that control a terminal. If the text is cut, the last line says so.
 */
export function cleanLines(text: string): readonly string[] {
  const lines = text.slice(0, LONGEST_TEXT).split(/\r\n|\n|\r/);
  const isCut = text.length > LONGEST_TEXT || lines.length > MAX_LINES;
  const shown = lines.slice(0, MAX_LINES).map(cleanLine);
  return isCut ? [...shown, '… (too long: the rest is not shown)'] : shown;
}

/** A line without characters that control a terminal. */
export function cleanLine(line: string): string {
  return stripVTControlCharacters(line).replaceAll('\t', '  ').replace(DANGEROUS, '\u{fffd}');
}
