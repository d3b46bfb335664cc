import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { contractFiles } from './contract-files.js';

const files = await contractFiles();
const inDocs = (path: string) => readFile(join(REPOSITORY_ROOT, path), 'utf8');

describe('A generated file of the published protocol', () => {
  it.each(files)('is up to date: $path', async ({ path, text }) => {
    expect(await inDocs(path)).toBe(text);
  });
});
