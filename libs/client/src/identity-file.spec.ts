import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepIdentityFile, readIdentityFile } from './identity-file.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
  file = join(folder, 'home', 'alice.json');
});
afterEach(() => rm(folder, { recursive: true }));

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('An identity in a file', () => {
  it('is made with its folder, for its owner alone, and is the same the next time', async () => {
    expect(await readIdentityFile(file)).toBeUndefined();
    const identity = await keepIdentityFile(file);
    expect(await keepIdentityFile(file)).toEqual(identity);
    expect([await modeOf(file), await modeOf(join(folder, 'home'))]).toEqual([0o600, 0o700]);
  });

  it('is one and the same when many make it at once, and leaves nothing else behind', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => keepIdentityFile(file)));
    expect(new Set(made.map(({ peerId }) => peerId)).size).toBe(1);
    expect(await readdir(join(folder, 'home'))).toEqual(['alice.json']);
  });

  it('is closed to others again when it was opened to them', async () => {
    await keepIdentityFile(file);
    await chmod(file, 0o644);
    await keepIdentityFile(file);
    expect(await modeOf(file)).toBe(0o600);
  });

  it('is not made over something else; the error names the file', async () => {
    await keepIdentityFile(file);
    await writeFile(file, 'a diary');
    await expect(keepIdentityFile(file)).rejects.toThrow(`${file} cannot be used as an identity.`);
  });

  it('is named where it cannot be read, or cannot be made', async () => {
    await mkdir(join(folder, 'a-folder'));
    await expect(keepIdentityFile(join(folder, 'a-folder'))).rejects.toThrow(/a-folder cannot be read \(EISDIR\)\.$/);
    await writeFile(join(folder, 'a-file'), '');
    const below = join(folder, 'a-file', 'x', 'alice.json');
    await expect(keepIdentityFile(below)).rejects.toThrow(/alice\.json cannot be (read|written) \(ENOTDIR\)\.$/);
  });
});
