import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { lineOf } from './command-line.js';
import { TerminalProcess } from './terminal-process.js';

const run = promisify(execFile);
/** Packing and installing. Milliseconds. */
const SLOW_MS = 90_000;

const cluster = useCluster(1);
const nodes = await installedNodes();
const processes: TerminalProcess[] = [];
let folder: string;
let tarball: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
  const empty = join(folder, 'empty');
  await mkdir(empty);
  const options = { cwd: join(REPOSITORY_ROOT, 'apps/terminal') };
  // The build has bundled the program; other suites may be running it.
  await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', empty], options);
  tarball = join(empty, (await readdir(empty))[0] ?? '');
  // Offline: the package has no dependencies that npm would have to download.
  await run('npm', ['install', '--offline', '--no-audit', '--prefix', join(folder, 'installed'), tarball]);
}, SLOW_MS);
afterEach(async () => {
  await Promise.all(processes.splice(0).map((own) => own.stop()));
});
afterAll(() => rm(folder, { recursive: true }));

/** Each version of Node on the path: that of the workspace, and usually one of the machine. */
async function installedNodes(): Promise<readonly (readonly [version: string, path: string])[]> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = new Map([[process.version, process.execPath]]);
  for (const path of folders.map((each) => join(each, 'node'))) {
    const version = await run(path, ['--version']).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
    if (version !== undefined && !found.has(version)) found.set(version, path);
  }
  return [...found];
}

describe('The packed terminal client', () => {
  it('has one program, its licenses and no dependencies', async () => {
    const installed = join(folder, 'installed/node_modules');
    expect((await readdir(installed)).filter((name) => !name.startsWith('.'))).toEqual(['@white-rabbit']);
    const files = await readdir(join(installed, '@white-rabbit/terminal'), { recursive: true });
    expect(files.sort()).toEqual([
      'README.md',
      'dist',
      'dist/bundle',
      'dist/bundle/LICENSES.txt',
      'dist/bundle/white-rabbit.js',
      'package.json',
    ]);
    const licenses = await readFile(join(installed, '@white-rabbit/terminal/dist/bundle/LICENSES.txt'), 'utf8');
    for (const library of ['ink', 'react', 'werift', 'qr', 'ws'])
      expect(licenses).toMatch(new RegExp(`^${library} \\d`, 'm'));
  });

  it.each(nodes)(
    'runs with npx in a folder without packages and prints only its help, with Node %s',
    async (_version, node) => {
      const PATH = `${join(node, '..')}${delimiter}${process.env['PATH'] ?? ''}`;
      const options = {
        cwd: join(folder, 'empty'),
        env: { ...process.env, PATH, npm_config_cache: join(folder, 'cache') },
      };
      const { stdout, stderr } = await run('npx', ['--offline', '--yes', `./${basename(tarball)}`, '--help'], options);
      expect(stdout).toMatch(/^Usage: white-rabbit /);
      expect(stderr).toBe('');
    },
  );

  it.each(nodes)('exchanges a text and a file with a second process, with Node %s', async (version, node) => {
    const program = [node, join(folder, 'installed/node_modules/.bin/white-rabbit')];
    const home = join(folder, version);
    const start = async (name: string, contacts: string, ...more: string[]) => {
      const own = TerminalProcess.installed(program, await lineOf(cluster, home, name, { contacts, more }));
      processes.push(own);
      await own.shows('Connected to the server.');
      return own;
    };
    const bob = await start('bob', 'alice', '--accept', '--downloads', join(home, 'in'));
    const alice = await start('alice', 'bob');
    alice.type('/call bob');
    alice.type('Curiouser and curiouser!');
    alice.type(`/send ${tarball}`);
    alice.endInput();
    expect(await alice.exited).toBe(0);
    await bob.shows('alice: Curiouser and curiouser!');
    await bob.shows('alice hung up.');
    const [received = ''] = await readdir(join(home, 'in'));
    expect(await readFile(join(home, 'in', received))).toEqual(await readFile(tarball));
    // No warning of Node.
    expect(alice.text.split('\n').filter((line) => !/^(\* .*)?$/.test(line))).toEqual([]);
  });
});
