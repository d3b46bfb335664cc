import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomContent } from '../../test/memory-file.js';
import { BLOCK_BYTES } from '../files/index.js';
import { fileSink, fileSource } from './index.js';

const HASH = 'x'.repeat(43);
const SIZE = 2 * BLOCK_BYTES + 9;
const CONTENT = randomContent(SIZE);
const PART = `.tea.txt.${HASH}.part`;
const OFFER = { name: 'tea.txt', size: SIZE, hash: HASH };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Writes the blocks from the first to before the last. */
async function write(sink: ReturnType<typeof fileSink>, first: number, last: number): Promise<void> {
  for (let block = first; block < last; block += 1) {
    const offset = block * BLOCK_BYTES;
    await sink.write(CONTENT.slice(offset, offset + BLOCK_BYTES), offset);
  }
}

describe('fileSink', () => {
  it('writes a file that appears under its name, for this user only, when it is complete', async () => {
    const into = join(folder, 'downloads');
    const sink = fileSink(into, OFFER);
    expect(await sink.kept()).toBe(0);
    await write(sink, 0, 3);
    expect([await readdir(into), sink.path]).toEqual([[PART], undefined]);
    await sink.finish();
    expect([await readdir(into), sink.path]).toEqual([['tea.txt'], join(into, 'tea.txt')]);
    expect(Buffer.compare(await readFile(join(into, 'tea.txt')), CONTENT)).toBe(0);
    expect([(await stat(join(into, 'tea.txt'))).mode & 0o777, (await stat(into)).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  it('keeps whole blocks for the next attempt', async () => {
    const first = fileSink(folder, OFFER);
    await first.kept();
    await write(first, 0, 2);
    await first.write(CONTENT.slice(0, 5), 2 * BLOCK_BYTES);
    await first.close();
    const second = fileSink(folder, OFFER);
    expect(await second.kept()).toBe(2 * BLOCK_BYTES);
    expect(await second.readKept(BLOCK_BYTES, BLOCK_BYTES)).toEqual(CONTENT.slice(BLOCK_BYTES, 2 * BLOCK_BYTES));
    await write(second, 2, 3);
    await second.finish();
    expect(Buffer.compare(await readFile(second.path ?? ''), CONTENT)).toBe(0);
  });

  it('keeps nothing of a file with another hash, and no partial file that is empty', async () => {
    const first = fileSink(folder, OFFER);
    await first.kept();
    await write(first, 0, 1);
    await first.close();
    const other = fileSink(folder, { ...OFFER, hash: 'y'.repeat(43) });
    expect(await other.kept()).toBe(0);
    await other.close();
    expect(await readdir(folder)).toEqual([PART]);
  });

  it('deletes the partial file when it is discarded', async () => {
    const sink = fileSink(folder, OFFER);
    await sink.kept();
    await write(sink, 0, 1);
    await sink.discard();
    expect(await readdir(folder)).toEqual([]);
  });

  it('never overwrites a file', async () => {
    await writeFile(join(folder, 'tea.txt'), 'one');
    await writeFile(join(folder, 'tea (2).txt'), 'two');
    const sink = fileSink(folder, OFFER);
    await sink.kept();
    await write(sink, 0, 3);
    await sink.finish();
    expect([sink.path, await readFile(join(folder, 'tea.txt'), 'utf8')]).toEqual([join(folder, 'tea (3).txt'), 'one']);
  });

  it('cuts a partial file that another program made longer', async () => {
    await writeFile(join(folder, PART), randomContent(SIZE + 100));
    const sink = fileSink(folder, OFFER);
    expect(await sink.kept()).toBe(2 * BLOCK_BYTES);
    await write(sink, 0, 3);
    await sink.finish();
    expect((await stat(sink.path ?? '')).size).toBe(SIZE);
  });

  it('refuses a second transfer of the same file at the same time, which does not disturb the first', async () => {
    const [first, second] = [fileSink(folder, OFFER), fileSink(folder, OFFER)];
    await first.kept();
    await write(first, 0, 3);
    await expect(second.kept()).rejects.toThrow(/is being written by another transfer[.]$/);
    await second.close();
    await second.discard();
    await first.finish();
    expect(await readdir(folder)).toEqual(['tea.txt']);
  });

  it('follows no link that another program placed under the name of the partial file', async () => {
    await writeFile(join(folder, 'secret'), 'secret');
    await symlink(join(folder, 'secret'), join(folder, PART));
    await expect(fileSink(folder, OFFER).kept()).rejects.toThrow(/ELOOP/);
    await mkdir(join(folder, `.dir.${HASH}.part`));
    await expect(fileSink(folder, { ...OFFER, name: 'dir' }).kept()).rejects.toThrow(/EISDIR/);
  });

  it('writes below its folder whatever the offer says', async () => {
    const sink = fileSink(folder, { name: '../../tea.txt', size: 0, hash: '../x' });
    await sink.kept();
    await sink.finish();
    expect(await readdir(folder)).toEqual(['tea.txt']);
  });
});

describe('fileSource', () => {
  it('reads a file at any place, and fewer bytes at its end', async () => {
    const path = join(folder, 'tea.txt');
    await writeFile(path, CONTENT);
    const source = await fileSource(path);
    expect([source.name, source.size]).toEqual(['tea.txt', SIZE]);
    expect(await source.read(7, 9)).toEqual(CONTENT.slice(7, 16));
    expect(await source.read(SIZE - 3, 9)).toEqual(CONTENT.slice(-3));
    await source.close?.();
    await expect(source.read(0, 1)).rejects.toThrow();
  });

  it('refuses what is missing, a folder and a named pipe with a sentence', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await chmod(pipe, 0o600);
    await expect(fileSource(join(folder, 'none'))).rejects.toThrow(/none cannot be read [(]ENOENT[)][.]$/);
    await expect(fileSource(folder)).rejects.toThrow(/is not a file[.]$/);
    await expect(fileSource(pipe)).rejects.toThrow(/pipe is not a file[.]$/);
  });
});
