import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { TerminalProcess } from './terminal-process.js';

/** npm starts the program from source, and compiles it the first time. Milliseconds. */
const FIRST_START_MS = 60_000;

const cluster = useCluster(1);
const processes: TerminalProcess[] = [];
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((own) => own.stop()));
});
afterAll(() => rm(home, { recursive: true }));

/** The commands of the README that start the terminal client, with this server, key and home. */
async function commandsOfReadme(key: string): Promise<readonly (readonly string[])[]> {
  const readme = await readFile(join(REPOSITORY_ROOT, 'README.md'), 'utf8');
  const lines = readme.match(/^npm run -s terminal -- .*$/gm) ?? [];
  const server = { 'ws://127.0.0.1:8080/ws': cluster.gateway(0).url, 'WR1-…': key };
  return lines.map((line) => {
    const filled = Object.entries(server).reduce((text, [shown, real]) => text.replace(shown, real), line);
    return [...filled.split(' '), '--home', home];
  });
}

describe('The two commands of the README', () => {
  it('start two users on one machine that call each other, and print nothing of a build', async () => {
    const [license] = await cluster.licenses.issue({ count: 1, maxDevices: 2 });
    const commands = await commandsOfReadme(license?.license_key ?? '');
    expect(commands).toHaveLength(2);
    const [alice, bob] = commands.map((command) =>
      TerminalProcess.installed(['npm', '--prefix', REPOSITORY_ROOT], command.slice(1)),
    );
    if (!alice || !bob) throw new Error('The README starts two clients.');
    processes.push(alice, bob);
    await Promise.all([alice, bob].map((own) => own.shows('Connected to the server.', FIRST_START_MS)));
    expect(alice.text).toMatch(/^\* You are alice: /);
    await alice.shows('bob is online.');
    alice.type('/call bob');
    await bob.shows('alice is calling. /accept or /reject?');
    bob.type('/accept');
    alice.type('We are all mad here.');
    await bob.shows('alice: We are all mad here.');
    alice.endInput();
    expect(await alice.exited).toBe(0);
    bob.endInput();
    expect(await bob.exited).toBe(0);
  }, 120_000);
});
