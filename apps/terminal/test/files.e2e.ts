import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import type { TerminalProcess } from './terminal-process.js';
import { peerIdOf, useTerminalUsers } from './terminal-users.js';

const cluster = useCluster(2);
const users = useTerminalUsers(cluster);

let folder: string;
let alice: TerminalProcess;
let bob: TerminalProcess;

beforeEach(async () => {
  folder = await mkdtemp(join(users.folder(), 'files-'));
  await mkdir(join(folder, 'in'));
});
afterEach(() => {
  alice.endInput();
});

/** Two connected users. @param options options of bob, the receiver. */
async function talking(...options: readonly string[]): Promise<void> {
  alice = await users.start('alice');
  bob = await users.start('bob', { at: 1, more: ['--contacts', `alice=${peerIdOf(alice)}`, '--accept', ...options] });
  alice.type(`/add bob ${peerIdOf(bob)}`);
  alice.type('/call bob');
  await bob.shows('Connected to alice.');
}

async function newFile(name: string, bytes: number): Promise<{ path: string; content: Buffer }> {
  const [path, content] = [join(folder, name), randomBytes(bytes)];
  await writeFile(path, content);
  return { path, content };
}

describe('A file between two terminal clients', () => {
  it('is offered first, and stored with its content in the folder that the receiver names', async () => {
    await talking();
    const { path, content } = await newFile('a report.pdf', 1_000_000);
    alice.type(`/send '${path}'`);
    await bob.shows('alice offers a report.pdf (1.0 MB). /receive or /decline?');
    expect(await readdir(join(folder, 'in'))).toEqual([]);
    bob.type(`/receive ${join(folder, 'in')}`);
    await bob.shows('a report.pdf from alice is stored as');
    await alice.shows('bob has received a report.pdf. Its hash is right.');
    expect(await readFile(join(folder, 'in/a report.pdf'))).toEqual(content);
    alice.endInput();
    expect(await alice.exited).toBe(0);
  });

  it('is not stored if the receiver declines it, and both users read which of them did', async () => {
    await talking();
    const { path } = await newFile('unwanted.txt', 100);
    alice.type(`/send ${path}`);
    await bob.shows('/receive or /decline?');
    bob.type('/decline');
    await bob.shows('You declined unwanted.txt.');
    await alice.shows('bob declined unwanted.txt.');
    expect(await readdir(join(folder, 'in'))).toEqual([]);
    alice.endInput();
    expect(await alice.exited).toBe(1);
  });

  it('is accepted automatically with --accept and --downloads, and never overwrites another', async () => {
    await talking('--downloads', join(folder, 'in'));
    const { path, content } = await newFile('same.txt', 200_000);
    for (const number of [1, 2]) {
      alice.type(`/send ${path}`);
      await bob.shows(number === 1 ? 'in/same.txt. Its hash' : 'in/same (2).txt. Its hash');
    }
    expect((await readdir(join(folder, 'in'))).sort()).toEqual(['same (2).txt', 'same.txt']);
    expect(await readFile(join(folder, 'in/same (2).txt'))).toEqual(content);
  });

  it('goes on where it stopped after the receiver was killed', async () => {
    await talking('--downloads', join(folder, 'in'));
    const { path, content } = await newFile('long.bin', 60_000_000);
    alice.type(`/send ${path}`);
    await bob.shows('Receiving long.bin from alice …');
    await partialFile();
    await bob.kill();
    await alice.shows('long.bin was interrupted. If you send it again, it goes on from there.', 60_000);
    bob = await users.start('bob', { at: 1, more: ['--accept', '--downloads', join(folder, 'in')] });
    alice.type('/call bob');
    alice.type(`/send ${path}`);
    await bob.shows('long.bin from alice is stored as', 90_000);
    expect((await readFile(join(folder, 'in/long.bin'))).equals(content)).toBe(true);
    expect(await readdir(join(folder, 'in'))).toEqual(['long.bin']);
  }, 150_000);

  it('cannot be sent without a call, or if it cannot be read', async () => {
    await talking();
    alice.type(`/send ${join(folder, 'missing.txt')}`);
    await alice.shows('missing.txt cannot be read (ENOENT).');
    alice.type(`/send ${folder}`);
    await alice.shows('is not a file.');
    alice.type('/receive');
    await alice.shows('No file is offered.');
    alice.type('/hangup');
    alice.type('/send x');
    await alice.shows('You have no call.');
  });
});

/** The name of the partial file, as soon as it has a megabyte. */
async function partialFile(): Promise<string> {
  return eventually(
    'a partial file',
    async () => {
      const [name] = (await readdir(join(folder, 'in'))).filter((each) => each.endsWith('.part'));
      return name !== undefined && (await stat(join(folder, 'in', name))).size > 1_000_000 ? name : undefined;
    },
    { everyMs: 5, deadlineMs: 30_000 },
  );
}
