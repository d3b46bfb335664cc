import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CLIENT_EVENTS, CLOSE_CODES, ERROR_CODES, SERVER_EVENTS } from '@white-rabbit/protocol';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { docScript } from './doc-script.js';

const document = await readFile(join(REPOSITORY_ROOT, 'docs/protocol.md'), 'utf8');

/** The first cells of the table whose head begins with this word, without backticks. */
function rowsOf(head: string, within = document): string[] {
  const lines = within.split('\n');
  const start = lines.findIndex((line) => new RegExp(`^\\| ${head} +\\|`).test(line));
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  const rows = lines.slice(start + 2, start + length);
  return rows.map((row) => (row.split('|')[1] ?? '').replaceAll('`', '').trim());
}

/** The text of the section with this heading. */
function section(heading: string): string {
  const start = document.indexOf(`\n## ${heading}`);
  return document.slice(start, document.indexOf('\n## ', start + 1));
}

describe('The tables of docs/protocol.md', () => {
  it('contain every event of a client', () => {
    expect(rowsOf('event', section('3.'))).toEqual(Object.keys(CLIENT_EVENTS));
  });

  it('contain every event of a server', () => {
    expect(rowsOf('event', section('4.'))).toEqual(Object.keys(SERVER_EVENTS));
  });

  it('contain every error code', () => {
    expect(rowsOf('error code')).toEqual(Object.keys(ERROR_CODES));
  });

  it('contain every close code', () => {
    expect(rowsOf('close code')).toEqual(Object.values(CLOSE_CODES).map(String));
  });
});

describe('The examples of docs/protocol.md', () => {
  it('show every event in both directions', () => {
    const shown = docScript(document).flatMap((step) =>
      'text' in step && step.text.startsWith('{')
        ? `${step.does} ${(JSON.parse(step.text) as { event: string }).event}`
        : [],
    );
    const send = Object.keys(CLIENT_EVENTS).map((event) => `send ${event}`);
    const receive = Object.keys(SERVER_EVENTS).map((event) => `receive ${event}`);
    expect(shown).toEqual(expect.arrayContaining([...send, ...receive]));
  });

  it('are each sent or received by a client', () => {
    expect(() => docScript('```json\n{}\n```\n')).toThrow('line 1');
    expect(() => docScript('<!-- sends alice -->\n```json\n{}\n```\n')).toThrow('unknown step');
  });
});
