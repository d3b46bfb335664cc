import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import type { ContactView } from '../view.js';

/** One row: contacts beside each other, and how many others there is no room for. */
export interface ContactRow {
  readonly contacts: readonly ContactView[];
  readonly others: number;
}

/** Mark and blank before a name, and the gap behind it. Columns. */
export const MARK_COLUMNS = 2;
export const GAP_COLUMNS = 2;
/** A name is cut to this. Peer ids may have 128 characters. Columns. */
const LONGEST_NAME = 24;
/** Of `  +1000 more`. Columns. */
const OTHERS_COLUMNS = 12;

/**
 * Contacts in rows of at most `columns`, in at most `rowsAtMost` rows. Where not all of them have room, those who are
 * online come first, and the last row says how many are left out.
 */
export function contactRows(
  contacts: readonly ContactView[],
  columns: number,
  rowsAtMost: number,
): readonly ContactRow[] {
  const rows = folded(clippedTo(columns, contacts), columns, rowsAtMost, 0);
  if (countOf(rows) === contacts.length) return rows.map((row) => ({ contacts: row, others: 0 }));
  const ordered = clippedTo(columns - OTHERS_COLUMNS, onlineFirst(contacts));
  const some = folded(ordered, columns, rowsAtMost, OTHERS_COLUMNS);
  const others = contacts.length - countOf(some);
  return some.map((row, index) => ({ contacts: row, others: index === some.length - 1 ? others : 0 }));
}

/** Cut to so many columns, with a sign that it was. Of Korean or Japanese a character takes two. */
export function clipped(name: string, columns: number): string {
  return cliTruncate(name, columns);
}

/** With names that have room in a row of their own. */
function clippedTo(columns: number, contacts: readonly ContactView[]): readonly ContactView[] {
  const longest = Math.max(1, Math.min(LONGEST_NAME, columns - MARK_COLUMNS));
  return contacts.map((contact) => ({ ...contact, name: clipped(contact.name, longest) }));
}

function onlineFirst(contacts: readonly ContactView[]): readonly ContactView[] {
  const isOnline = ({ presence }: ContactView) => presence === 'online';
  return [...contacts.filter(isOnline), ...contacts.filter((contact) => !isOnline(contact))];
}

/** As many as there is room for; the last row leaves `spare` columns free. */
function folded(
  contacts: readonly ContactView[],
  columns: number,
  rowsAtMost: number,
  spare: number,
): readonly (readonly ContactView[])[] {
  const rows: ContactView[][] = [];
  let room = 0;
  for (const contact of contacts) {
    const needed = MARK_COLUMNS + stringWidth(contact.name);
    if (needed > room) {
      if (rows.length === rowsAtMost) break;
      rows.push([]);
      room = rows.length === rowsAtMost ? columns - spare : columns;
    }
    rows.at(-1)?.push(contact);
    room -= needed + GAP_COLUMNS;
  }
  return rows;
}

function countOf(rows: readonly (readonly ContactView[])[]): number {
  return rows.reduce((count, row) => count + row.length, 0);
}
