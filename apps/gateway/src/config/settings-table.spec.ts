import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { SETTING_NAMES } from './read-settings.js';
import { settingsMarkdown, settingsText } from './settings-table.js';

const DOCS = new URL('../../../../docs/settings.md', import.meta.url);

describe('The table of settings', () => {
  it('has a row for each setting, in the docs and in --help', () => {
    const rows = settingsMarkdown().split('\n').slice(2);
    expect(rows.map((row) => row.split('`')[1])).toEqual(SETTING_NAMES);
    expect(
      settingsText()
        .split('\n')
        .map((line) => line.trim().split(' ')[0]),
    ).toEqual(SETTING_NAMES);
  });

  it('shows which settings may come from a file, and their defaults', () => {
    const rowOf = (name: string) =>
      settingsMarkdown()
        .split('\n')
        .find((row) => row.startsWith(`| \`${name}\``));
    expect(rowOf('DATABASE_URL')).toContain('`DATABASE_URL_FILE`');
    expect(rowOf('WR_PORT')).toContain('| 8080 |');
    expect(rowOf('WR_PORT')).not.toContain('_FILE');
  });

  it('has no cell that would break the table', () => {
    for (const row of settingsMarkdown().split('\n')) expect(row.split('|')).toHaveLength(5);
  });

  it('equals the table in docs/settings.md', () => {
    // Cells are compared, because the formatter pads them.
    const cells = (text: string) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('| `'))
        .map((line) => line.split('|').map((cell) => cell.trim()));
    expect(cells(readFileSync(DOCS, 'utf8'))).toEqual(cells(settingsMarkdown()));
  });
});
