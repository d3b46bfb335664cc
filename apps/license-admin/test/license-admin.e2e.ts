import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EmbeddedPostgres } from '@white-rabbit/license';
import { migrate, startEmbeddedPostgres } from '@white-rabbit/license';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

let dir: string;
let postgres: EmbeddedPostgres;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'white-rabbit-license-admin-'));
  await chmod(dir, 0o711);
  postgres = await startEmbeddedPostgres({ dataDir: join(dir, '.data', 'postgres') });
  await migrate(postgres.url);
}, 30_000);

afterAll(async () => {
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the built program in the directory of a running gateway. */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const options = { cwd: dir, env: { PATH: process.env['PATH'], ...env }, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((settle) => {
    const child = execFile(process.execPath, [MAIN, ...args], options, (_, out, err) => {
      settle({ code: child.exitCode ?? -1, out, err });
    });
  });
}

describe('the license command, as a process', () => {
  test('finds the embedded database of the gateway that runs here', async () => {
    const { code, out, err } = await run(['issue', '--count', '3', '--json']);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toHaveLength(3);
    expect((await run(['list'])).out.split('\n').filter((line) => line.includes('…'))).toHaveLength(3);
  });

  test('issues 100,000 keys at once, as one JSON array', async () => {
    const { code, out } = await run(['issue', '--count', '100000', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toHaveLength(100_000);
  });

  test('is interrupted between two batches: what it has issued is printed whole, and no more is stored', async () => {
    const stored = async () => (JSON.parse((await run(['list', '--json'])).out) as unknown[]).length;
    const before = await stored();
    const child = spawn(process.execPath, [MAIN, 'issue', '--count', '1000000', '--json'], { cwd: dir });
    const [out, err] = [child.stdout, child.stderr].map((stream) => text(stream.setEncoding('utf8')));
    child.stdout.once('data', () => child.kill('SIGINT'));
    const [code] = (await once(child, 'exit')) as [number | null];
    const issued = (JSON.parse((await out) ?? '') as unknown[]).length;
    expect([code, issued > 0 && issued < 1_000_000]).toEqual([1, true]);
    expect(await err).toBe(`Interrupted. ${issued} of 1000000 licenses were issued, and are printed.\n`);
    expect(await stored()).toBe(before + issued);
  });

  test('reads the URL from a file', async () => {
    await writeFile(join(dir, 'url'), `${postgres.url}\n`);
    const env = { DATABASE_URL_FILE: join(dir, 'url'), WR_DATA_DIR: '/nowhere' };
    expect(await run(['migrate'], env)).toEqual({ code: 0, out: 'The database is up to date.\n', err: '' });
  });

  test('ends with 1 when it failed and with 2 when it was called wrongly, and one line says why', async () => {
    const failed = await run(['list'], { DATABASE_URL: 'postgresql://u:s3cret@127.0.0.1:1/d' });
    expect(failed).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(/^The license database cannot be used: .*\n$/),
    });
    expect(await run(['destroy'])).toMatchObject({ code: 2, out: '' });
  });

  test('takes a reader that goes away for the end of the work', async () => {
    const child = spawn(process.execPath, [MAIN, 'list', '--json'], { cwd: dir, stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
  });
});
