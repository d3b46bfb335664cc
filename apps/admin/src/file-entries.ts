import { CommandFailure } from './command-failure.js';

/** A line or item of a file of licenses, and its place, counted from 1. */
export interface FileEntry {
  readonly place: string;
  readonly value: unknown;
}

/** Most errors that are listed: a file of another kind has one for each line. */
const MAX_LISTED = 10;

/** The lines of a text that are not blank, or the items of a JSON array. @throws CommandFailure if it is a broken array. */
export function entriesOf(text: string): FileEntry[] {
  return text.trimStart().startsWith('[') ? jsonEntries(text) : lineEntries(text);
}

/** Lists problems below a heading. */
export function problemList(heading: string, problems: readonly string[]): string {
  const more = problems.length - MAX_LISTED;
  const listed = problems.slice(0, MAX_LISTED).map((problem) => `  ${problem}`);
  const rest = more > 0 ? [`  and ${more} more`] : [];
  return [heading, ...listed, ...rest].join('\n');
}

function lineEntries(text: string): FileEntry[] {
  return text
    .split(/\r?\n/)
    .map((line, i) => ({ place: `line ${i + 1}`, value: line.trim() }))
    .filter(({ value }) => value !== '');
}

function jsonEntries(text: string): FileEntry[] {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    throw new CommandFailure('The file begins like a JSON array, but is not one.', 'badInput');
  }
  return (values as unknown[]).map((value, i) => ({ place: `item ${i + 1}`, value }));
}
