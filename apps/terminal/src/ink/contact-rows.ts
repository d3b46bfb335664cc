import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import type { ContactView } from '../view.js';

/** One row of contacts, and the number of contacts that do not fit. */
export interface ContactRow {
  readonly contacts: readonly ContactView[];
  readonly others: number;
}

/** The mark and the space before a name, and the gap after it. Columns. */
const MARK_COLUMNS = 2;
export const GAP_COLUMNS = 2;
/** A longer name is cut. Peer ids can have 128 characters. Columns. */
const LONGEST_NAME = 24;
/** The width of `  +1000 more`. Columns. */
const OTHERS_COLUMNS = 12;

/**
 * Arranges contacts in at most `maxRows` rows of at most `columns` columns. If they do not fit, online contacts come first
 * and the last row shows the number of the others.
 */
export function contactRows(contacts: readonly ContactView[], columns: number, maxRows: number): readonly ContactRow[] {
  const rows = folded(clippedTo(columns, contacts), columns, maxRows, 0);
  if (countOf(rows) === contacts.length) return rows.map((row) => ({ contacts: row, others: 0 }));
  const ordered = clippedTo(columns - OTHERS_COLUMNS, onlineFirst(contacts));
  const some = folded(ordered, columns, maxRows, OTHERS_COLUMNS);
  const others = contacts.length - countOf(some);
  return some.map((row, index) => ({ contacts: row, others: index === some.length - 1 ? others : 0 }));
}

/** Cuts a name to this number of columns and marks the cut. Korean and Japanese characters take two columns. */
export function clipped(name: string, columns: number): string {
  return cliTruncate(name, columns);
}

/** Cuts names that do not fit into one row. */
function clippedTo(columns: number, contacts: readonly ContactView[]): readonly ContactView[] {
  const longest = Math.max(1, Math.min(LONGEST_NAME, columns - MARK_COLUMNS));
  return contacts.map((contact) => ({ ...contact, name: clipped(contact.name, longest) }));
}

function onlineFirst(contacts: readonly ContactView[]): readonly ContactView[] {
  const isOnline = ({ presence }: ContactView) => presence === 'online';
  return [...contacts.filter(isOnline), ...contacts.filter((contact) => !isOnline(contact))];
}

/** As many contacts as fit; the last row leaves `spare` columns free. */
function folded(
  contacts: readonly ContactView[],
  columns: number,
  maxRows: number,
  spare: number,
): readonly (readonly ContactView[])[] {
  const rows: ContactView[][] = [];
  let free = 0;
  for (const contact of contacts) {
    const needed = MARK_COLUMNS + stringWidth(contact.name);
    if (needed > free) {
      if (rows.length === maxRows) break;
      rows.push([]);
      free = rows.length === maxRows ? columns - spare : columns;
    }
    rows.at(-1)?.push(contact);
    free -= needed + GAP_COLUMNS;
  }
  return rows;
}

function countOf(rows: readonly (readonly ContactView[])[]): number {
  return rows.reduce((count, row) => count + row.length, 0);
}
