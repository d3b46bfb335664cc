import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { afterClose } from '@white-rabbit/client/reconnect';
import {
  CLIENT_EVENTS,
  CLOSE_AFTER_FAILED_REGISTER,
  CLOSE_CODES,
  ERROR_CODES,
  SERVER_EVENTS,
  type Reconnect,
} from '@white-rabbit/protocol';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { parse } from 'yaml';
import { docScript } from './doc-script.js';

const document = await readFile(join(REPOSITORY_ROOT, 'docs/protocol.md'), 'utf8');

/** The cells of the table whose head begins with this word. */
function cellsOf(head: string, within = document): string[][] {
  const lines = within.split('\n');
  const start = lines.findIndex((line) => new RegExp(`^\\| ${head} +\\|`).test(line));
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  const rows = lines.slice(start + 2, start + length);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The first cells of that table, without backticks. */
function rowsOf(head: string, within = document): string[] {
  return cellsOf(head, within).map(([first = '']) => first.replaceAll('`', ''));
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

/** The codes of docs/asyncapi.yaml. */
interface PublishedCodes {
  readonly 'x-error-codes': Readonly<Record<string, { meaning: string; socket: string; registerCloses?: number }>>;
  readonly 'x-close-codes': Readonly<Record<string, { meaning: string; reconnect: Reconnect; client: string }>>;
}

describe('docs/asyncapi.yaml and docs/protocol.md', () => {
  // Cast: a generated file, whose text another test compares with what it is generated from.
  const published = parse(readFileSync(join(REPOSITORY_ROOT, 'docs/asyncapi.yaml'), 'utf8')) as PublishedCodes;

  it('agree on the meaning of every error code and on what happens to the socket', () => {
    const codes = Object.entries(published['x-error-codes']);
    expect(codes.map(([code, { meaning, socket }]) => [`\`${code}\``, meaning, socket])).toEqual(cellsOf('error code'));
  });

  it('agree on the meaning of every close code and on what the client does', () => {
    const codes = Object.entries(published['x-close-codes']);
    expect(codes.map(([code, { meaning, client }]) => [code, meaning, client])).toEqual(cellsOf('close code'));
  });

  it('name the close code of every error with which a register fails', () => {
    const closes = Object.entries(published['x-error-codes']).map(([code, { registerCloses }]) => [
      code,
      registerCloses,
    ]);
    const failures: Readonly<Record<string, number>> = CLOSE_AFTER_FAILED_REGISTER;
    expect(closes).toEqual(Object.keys(ERROR_CODES).map((code) => [code, failures[code]]));
  });

  it.each(Object.entries(published['x-close-codes']))(
    'describe what the SDK does after close code %s',
    (code, text) => {
      const does = afterClose({ code: Number(code), reason: '' });
      expect(does.again).toBe(text.reconnect !== 'never');
      if (does.again) expect(does.atOnce).toBe(text.reconnect === 'at_once');
    },
  );
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
