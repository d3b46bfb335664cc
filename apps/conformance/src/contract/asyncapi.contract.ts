import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';

/** Reads a document from standard input and prints the errors and warnings of the parser. */
const PARSE = `
  const { Parser } = require('@asyncapi/parser');
  const text = require('node:fs').readFileSync(0, 'utf8');
  new Parser().parse(text).then(({ diagnostics }) => {
    const errors = diagnostics.filter(({ severity }) => severity <= 1);
    console.log(JSON.stringify(errors.map(({ code, path, message }) => ({ code, path, message }))));
  });`;

describe('docs/asyncapi.yaml', () => {
  // In a separate process, because the parser loads many modules.
  it('is a valid AsyncAPI document', async () => {
    const input = await readFile(join(REPOSITORY_ROOT, 'docs/asyncapi.yaml'), 'utf8');
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', PARSE], { input, cwd: import.meta.dirname });
    expect([stdout.toString().trim(), stderr.toString()]).toEqual(['[]', '']);
  }, 60_000);
});
