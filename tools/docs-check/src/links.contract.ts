import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { brokenLinks } from './links.ts';

describe('brokenLinks', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docs-check-'));
    await writeFile(join(folder, 'good.md'), '# A title\n\n[itself](#a-title) and [file](good.md#a-title)\n');
    await writeFile(join(folder, 'anchor.md'), '# A title\n\n[nowhere](#no-title)\n');
    await writeFile(join(folder, 'file.md'), '[nowhere](gone.md)\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('accepts links to files and headings that exist', () => {
    expect(brokenLinks(['good.md'], folder)).toBe('');
  });

  it('finds a link to a heading that does not exist', () => {
    expect(brokenLinks(['anchor.md'], folder)).toContain('#no-title');
  });

  it('finds a link to a file that does not exist', () => {
    expect(brokenLinks(['file.md'], folder)).toContain('gone.md');
  });
});
