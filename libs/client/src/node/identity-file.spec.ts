import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepIdentityFile, readIdentityFile } from './identity-file.js';
import { isSignedBy } from '../peer-key.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
  file = join(folder, 'home', 'alice.json');
});
afterEach(() => rm(folder, { recursive: true }));

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('An identity file', () => {
  it('is created with its folder, readable for its owner only, and holds the same identity on the next read', async () => {
    expect(await readIdentityFile(file)).toBeUndefined();
    const { deviceId, peerId, peerKey } = await keepIdentityFile(file);
    const again = await keepIdentityFile(file);
    expect([again.deviceId, again.peerId]).toEqual([deviceId, peerId]);
    expect(await isSignedBy(peerId, ['a line'], await again.peerKey.sign(['a line']))).toBe(true);
    expect(peerKey.peerId).toBe(peerId);
    expect([await modeOf(file), await modeOf(join(folder, 'home'))]).toEqual([0o600, 0o700]);
  });

  it('holds one identity if 20 callers create it at the same time, and leaves no other file', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => keepIdentityFile(file)));
    expect(new Set(made.map(({ peerId }) => peerId)).size).toBe(1);
    expect(await readdir(join(folder, 'home'))).toEqual(['alice.json']);
  });

  it('is reset to mode 0600 if it was readable for others', async () => {
    await keepIdentityFile(file);
    await chmod(file, 0o644);
    await keepIdentityFile(file);
    expect(await modeOf(file)).toBe(0o600);
  });

  it.each(['a diary', 'null', '{}', '{"deviceId":"device-1","peerId":"peer-0001"}'])(
    'is not overwritten if it holds another text, and the error names the file: %s',
    async (text) => {
      await keepIdentityFile(file);
      await writeFile(file, text);
      await expect(keepIdentityFile(file)).rejects.toThrow(`${file} cannot be used as an identity.`);
      expect(await readFile(file, 'utf8')).toBe(text);
    },
  );

  it('is refused if its peer id belongs to another key', async () => {
    const { peerId } = await keepIdentityFile(join(folder, 'other.json'));
    await keepIdentityFile(file);
    const kept = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...kept, peerId }));
    await expect(keepIdentityFile(file)).rejects.toThrow(`${file} cannot be used as an identity.`);
  });

  it('is named in the error if it cannot be read or created', async () => {
    await mkdir(join(folder, 'a-folder'));
    await expect(keepIdentityFile(join(folder, 'a-folder'))).rejects.toThrow(/a-folder cannot be read \(EISDIR\)\.$/);
    await writeFile(join(folder, 'a-file'), '');
    const below = join(folder, 'a-file', 'x', 'alice.json');
    await expect(keepIdentityFile(below)).rejects.toThrow(/alice\.json cannot be (read|written) \(ENOTDIR\)\.$/);
  });
});
