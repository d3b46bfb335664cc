import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { contractFiles } from './contract-files.js';

const files = await contractFiles();
const inDocs = (path: string) => readFile(join(REPOSITORY_ROOT, path), 'utf8');

describe('The published contract', () => {
  it.each(files)('$path is current: `npm run contract` would change nothing', async ({ path, text }) => {
    expect(await inDocs(path)).toBe(text);
  });
});

/** What of the parser's interface is used here. */
interface AsyncApiParser {
  parse(text: string): Promise<{ readonly diagnostics: readonly { readonly severity: number }[] }>;
}

const parser = loadParser();

describe('docs/asyncapi.yaml', () => {
  (parser ? it : it.skip)(
    'is a valid AsyncAPI document (where @asyncapi/parser is installed)',
    async () => {
      const { diagnostics = [] } = (await parser?.parse(await inDocs('docs/asyncapi.yaml'))) ?? {};
      // Severities: 0 error, 1 warning, 2 information, 3 hint.
      expect(diagnostics.filter(({ severity }) => severity <= 1)).toEqual([]);
    },
    30_000,
  );
});

function loadParser(): AsyncApiParser | undefined {
  const require = createRequire(import.meta.url);
  try {
    require.resolve('@asyncapi/parser');
  } catch {
    return undefined;
  }
  const { Parser } = require('@asyncapi/parser') as { Parser: new () => AsyncApiParser };
  return new Parser();
}
