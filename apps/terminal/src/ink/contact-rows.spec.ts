import { describe, expect, it } from '@jest/globals';
import stringWidth from 'string-width';
import type { ContactView } from '../view.js';
import { contactRows, type ContactRow } from './contact-rows.js';

const offline = (name: string): ContactView => ({ name, presence: 'offline' });
const online = (name: string): ContactView => ({ name, presence: 'online' });
const names = (rows: readonly ContactRow[]) => rows.map(({ contacts }) => contacts.map(({ name }) => name));

/** Mark, blank and name, and two blanks between them. */
function columnsOf({ contacts, others }: ContactRow): number {
  const left = others > 0 ? `  +${others} more`.length : 0;
  return contacts.reduce((sum, { name }) => sum + 2 + stringWidth(name), left) + 2 * (contacts.length - 1);
}

describe('contactRows', () => {
  it('returns no rows for no contacts', () => {
    expect(contactRows([], 40, 3)).toEqual([]);
  });

  it('keeps the order of the address book', () => {
    expect(names(contactRows([offline('bob'), online('carol')], 40, 3))).toEqual([['bob', 'carol']]);
  });

  it('fills a row up to its last column', () => {
    // ● bob  ● carol
    expect(names(contactRows([online('bob'), online('carol')], 14, 3))).toEqual([['bob', 'carol']]);
    expect(names(contactRows([online('bob'), online('carol')], 13, 3))).toEqual([['bob'], ['carol']]);
  });

  it('shows online contacts first if not all fit, and counts the others', () => {
    const many = [...Array.from({ length: 50 }, (_, index) => offline(`absent-${index}`)), online('bob')];
    const rows = contactRows(many, 40, 2);
    expect(rows[0]?.contacts[0]?.name).toBe('bob');
    expect(rows).toHaveLength(2);
    const shown = names(rows).flat().length;
    expect(rows.map(({ others }) => others)).toEqual([0, 51 - shown]);
    for (const row of rows) expect(columnsOf(row)).toBeLessThanOrEqual(40);
  });

  it('counts two columns for a wide character', () => {
    // ● 민수  ● 지영
    expect(names(contactRows([online('민수'), online('지영')], 14, 3))).toEqual([['민수', '지영']]);
    expect(names(contactRows([online('민수'), online('지영')], 13, 3))).toEqual([['민수'], ['지영']]);
    expect(names(contactRows([online('백설공주와일곱난쟁이')], 12, 1))).toEqual([['백설공주…']]);
  });

  it.each([1, 5, 12, 20, 40, 80])('never exceeds a terminal of %i columns', (columns) => {
    const contacts = Array.from({ length: 1_000 }, (_, index) => offline('x'.repeat((index * 7) % 128)));
    for (const row of contactRows(contacts.slice(0, 9), columns, 100)) {
      if (row.contacts.length > 1) expect(columnsOf(row)).toBeLessThanOrEqual(columns);
    }
    if (columns < 20) return;
    for (const row of contactRows(contacts, columns, 3)) expect(columnsOf(row)).toBeLessThanOrEqual(columns);
  });
});
