import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { renderToString } from 'ink';
import { createElement } from 'react';
import type { CallPhase } from '@white-rabbit/client/chat';
import type { ServerView, View } from '../view.js';
import { Frame } from './frame.js';
import type { TypedLine } from './line-editor.js';

const EMPTY: TypedLine = { text: '', row: 0, column: 2 };
const VIEW: View = {
  me: 'alice',
  server: { name: 'online' },
  contacts: [
    { name: 'bob', presence: 'online' },
    { name: 'carol', presence: 'offline' },
  ],
  call: undefined,
  transfers: [],
};

/** The rows of a frame without colors, which FORCE_COLOR enables without a terminal. */
function rowsOf(view: Partial<View>, typed = EMPTY, columns = 40, rows = 20): readonly string[] {
  const props = { view: { ...VIEW, ...view }, typed, size: { columns, rows }, nowMs: 1_000 };
  return stripVTControlCharacters(renderToString(createElement(Frame, props), { columns })).split('\n');
}

describe('Frame', () => {
  it('shows the profile, the connection, the contacts and the typed line', () => {
    expect(rowsOf({}, { text: 'Hello', row: 0, column: 7 })).toEqual([
      '',
      ' alice  ● online',
      '● bob  ○ carol',
      '> Hello',
    ]);
  });

  it.each<[ServerView, string]>([
    [{ name: 'connecting' }, '◌ connecting …'],
    [{ name: 'waiting', retryAtMs: 5_001 }, '◌ reconnecting in 5 s'],
    [{ name: 'waiting', retryAtMs: 5_000 }, '◌ reconnecting in 4 s'],
    [{ name: 'waiting', retryAtMs: 0 }, '◌ reconnecting in 0 s'],
    [{ name: 'refused', why: 'The license was revoked.' }, '✕ refused: The license was rev…'],
    [{ name: 'leaving' }, '◌ leaving …'],
  ])('shows the state of the server: %j', (server, words) => {
    expect(rowsOf({ server })[1]).toBe(` alice  ${words}`);
  });

  it.each<[CallPhase, string]>([
    ['calling', '… calling bob'],
    ['ringing there', '… ringing at bob'],
    ['ringing here', 'bob is calling: accept? [y/n]'],
    ['connecting', '… connecting to bob'],
    ['talking', '↔ talking to bob · sealed'],
    ['interrupted', '… interrupted: bob'],
  ])('shows the phase of the call: %s', (phase, words) => {
    expect(rowsOf({ call: { name: 'bob', phase, isSealed: true, unconfirmed: 0 } })[3]).toBe(words);
  });

  it('shows how many texts the other peer has not confirmed', () => {
    const call = { name: 'bob', phase: 'interrupted', isSealed: true, unconfirmed: 2 } as const;
    const typed = { text: '', row: 0, column: 0 };
    expect(rowsOf({ call }, typed, 80)[3]).toBe('… interrupted: bob · 2 not confirmed');
    expect(rowsOf({ call: { ...call, phase: 'talking' } }, typed, 80)[3]).toBe(
      '↔ talking to bob · sealed · 2 not confirmed',
    );
  });

  it('shows the progress of a file, and how many others are on their way', () => {
    const one = { name: 'report.pdf', direction: 'out', percent: 45 } as const;
    expect(rowsOf({ transfers: [one] })[3]).toBe('↑ report.pdf 45 %');
    const other = { name: `${'x'.repeat(100)}.pdf`, direction: 'in', percent: 100 } as const;
    expect(rowsOf({ transfers: [other, one] })[3]).toMatch(/^↓ x+… 100 % · \+1 more$/);
  });

  it('shows that a conversation is not sealed', () => {
    const call = { name: 'x'.repeat(128), phase: 'talking', isSealed: false, unconfirmed: 0 } as const;
    expect(rowsOf({ call })[3]).toMatch(/^↔ talking to x+… · not sealed$/);
  });

  it('shows the whole question for a name of any length', () => {
    const call = { name: 'x'.repeat(128), phase: 'ringing here', isSealed: false, unconfirmed: 0 } as const;
    expect(rowsOf({ call })[3]).toMatch(/^x+… is calling: accept\? \[y\/n\]$/);
  });

  it.each([
    [40, 24],
    [40, 8],
    [20, 8],
    [200, 50],
  ])('is lower and narrower than a terminal of %i columns and %i rows', (columns, rows) => {
    const contacts = Array.from({ length: 1_000 }, (_, index) => ({
      name: `c-${index}`,
      presence: 'unknown' as const,
    }));
    const text = 'x'.repeat(3_000);
    const row = Math.floor((text.length + 2) / (columns - 1));
    const call = { name: 'y'.repeat(128), phase: 'talking', isSealed: true, unconfirmed: 0 } as const;
    const transfers = [{ name: 'z'.repeat(120), direction: 'in', percent: 1 }] as const;
    const shown = rowsOf({ contacts, call, transfers }, { text, row, column: 0 }, columns, rows);
    expect(shown.length).toBeLessThan(rows);
    expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(columns - 1);
    expect(shown.some((line) => line.includes('more'))).toBe(true);
  });

  it('shows the rows around the cursor if the line is too high', () => {
    const text = `${'a'.repeat(37)}${'b'.repeat(39 * 9)}`;
    expect(rowsOf({}, { text, row: 0, column: 2 })[3]).toBe(`> ${'a'.repeat(37)}`);
    const atItsEnd = rowsOf({}, { text, row: 9, column: 38 });
    expect(atItsEnd.slice(3)).toEqual(Array.from({ length: 4 }, () => 'b'.repeat(39)));
  });
});
