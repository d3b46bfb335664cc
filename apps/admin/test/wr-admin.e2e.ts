import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { generateLicenseKey, migrate, openLicenseOrm } from '@white-rabbit/license';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@white-rabbit/license/embedded';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

let dir: string;
let postgres: EmbeddedPostgres;
let orm: Awaited<ReturnType<typeof openLicenseOrm>>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'white-rabbit-admin-'));
  await chmod(dir, 0o711);
  postgres = await startEmbeddedPostgres({ dataDir: join(dir, '.data', 'postgres') });
  await migrate(postgres.url);
  orm = await openLicenseOrm({ databaseUrl: postgres.url, poolSize: 1, statementTimeoutMs: 0 });
}, 30_000);

afterAll(async () => {
  await orm.close();
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

describe('wr-admin as a process', () => {
  test('finds the embedded database of the gateway that runs in this directory', async () => {
    const { code, out, err } = await run(['license', 'issue', '--count', '3', '--json']);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toHaveLength(3);
    expect((await run(['license', 'list'])).out.split('\n').filter((line) => line.includes('…'))).toHaveLength(3);
  });

  test('issues 100,000 licenses as one JSON array', async () => {
    const { code, out } = await run(['license', 'issue', '--count', '100000', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toHaveLength(100_000);
  });

  test('stops between two batches after SIGINT: it has printed all stored licenses as complete JSON', async () => {
    const stored = async () => (JSON.parse((await run(['license', 'list', '--json'])).out) as unknown[]).length;
    const before = await stored();
    const child = spawn(process.execPath, [MAIN, 'license', 'issue', '--count', '1000000', '--json'], { cwd: dir });
    const [out, err] = [child.stdout, child.stderr].map((stream) => text(stream.setEncoding('utf8')));
    child.stdout.once('data', () => child.kill('SIGINT'));
    const [code] = (await once(child, 'exit')) as [number | null];
    const issued = (JSON.parse((await out) ?? '') as unknown[]).length;
    expect([code, issued > 0 && issued < 1_000_000]).toEqual([130, true]);
    expect(await err).toBe(`Interrupted. ${issued} of 1000000 licenses were issued, and are printed.\n`);
    expect(await stored()).toBe(before + issued);
  });

  test('reads the database URL from DATABASE_URL_FILE', async () => {
    await writeFile(join(dir, 'url'), `${postgres.url}\n`);
    const env = { DATABASE_URL_FILE: join(dir, 'url'), WR_DATA_DIR: '/nowhere' };
    expect(await run(['db', 'migrate'], env)).toEqual({ code: 0, out: 'The database is up to date.\n', err: '' });
  });

  test('exits with 5 without its database and with 2 after a usage error, and prints the reason in one line', async () => {
    const failed = await run(['license', 'list'], { DATABASE_URL: 'postgresql://u:s3cret@127.0.0.1:1/d' });
    expect(failed).toEqual({
      code: 5,
      out: '',
      err: expect.stringMatching(/^The license database cannot be used: .*\n$/),
    });
    expect(await run(['destroy'])).toMatchObject({ code: 2, out: '' });
  });

  test('list exits with 0 if its reader ends early', async () => {
    const child = spawn(process.execPath, [MAIN, 'license', 'list', '--json'], {
      cwd: dir,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
  });
});

/** Runs the built program with something on its standard input, by a shell: `$0` is Node, `$1` the program. */
function shell(script: string): Promise<Ended> {
  const options = { cwd: dir, env: { PATH: process.env['PATH'] }, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((settle) => {
    const child = execFile(
      'bash',
      ['--norc', '--noprofile', '-c', script, process.execPath, MAIN],
      options,
      (_, out, err) => {
        settle({ code: child.exitCode ?? -1, out, err });
      },
    );
  });
}

/** Licenses that are stored. */
async function listed(): Promise<number> {
  const rows: { n: number }[] = await orm.em.getConnection().execute('select count(*)::int as n from license');
  return rows[0]?.n ?? -1;
}

describe('wr-admin license import as a process', () => {
  test.each([
    ['a pipe', 'cat keys | "$0" "$1" license import /dev/stdin --json'],
    ['standard input', 'cat keys | "$0" "$1" license import - --json'],
    ['a redirected file', '"$0" "$1" license import - --json < keys'],
    ['a process substitution', '"$0" "$1" license import <(cat keys) --json'],
    ['a file', '"$0" "$1" license import keys --json'],
  ])('reads all keys from %s', async (_, script) => {
    // More than a pipe holds at once, and the last line without an end.
    const keys = Array.from({ length: 3_000 }, generateLicenseKey);
    await writeFile(join(dir, 'keys'), keys.join('\n'));
    expect(await shell(script)).toEqual({ code: 0, out: '{"imported":3000,"known":0}\n', err: '' });
  });

  test('reads the output of export from a pipe', async () => {
    const { code, out } = await shell('"$0" "$1" license export | "$0" "$1" license import - --json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ imported: 0, known: await listed(), bindings: 0 });
  });

  test.each([
    ['an empty pipe', ': | "$0" "$1" license import -', 'standard input'],
    ['an empty file', ': > empty; "$0" "$1" license import empty', 'empty'],
    ['blank lines', 'echo | "$0" "$1" license import /dev/stdin', '/dev/stdin'],
    ['an empty array', 'echo "[]" | "$0" "$1" license import -', 'standard input'],
  ])('exits with 6 if there is no key in %s', async (_, script, name) => {
    const err = `Nothing was imported: there is no key in ${name}.\n`;
    expect(await shell(script)).toEqual({ code: 6, out: '', err });
  });

  test('names the file that cannot be read', async () => {
    expect(await run(['license', 'import', '.'])).toEqual({ code: 6, out: '', err: 'The file cannot be read: .\n' });
  });
});

describe('wr-admin license issue as a process', () => {
  test('exits with 1 if its reader ends, reports the stored count and stores only batches that were written', async () => {
    const before = await listed();
    const { err } = await shell('"$0" "$1" license issue --count 100000 --json | head -c 100; exit "${PIPESTATUS[0]}"');
    const [, issued] = /lost\. (\d+) of 100000 licenses were issued, and are printed\.\n$/.exec(err) ?? [];
    expect(err).toContain('The program that reads the keys has ended');
    expect(await listed()).toBe(before + Number(issued));
    expect(Number(issued)).toBeLessThan(100_000);
    const { code } = await shell(
      '"$0" "$1" license issue --count 100000 --json | head -c 100; exit "${PIPESTATUS[0]}"',
    );
    expect(code).toBe(1);
  });

  test('writes keys to a new file for its owner only, which import reads', async () => {
    const file = join(dir, 'issued');
    const { code, out, err } = await run(['license', 'issue', '--count', '7000', '--file', file]);
    expect([code, out]).toEqual([0, `Issued 7000 licenses; their keys are in ${file}.\n`]);
    expect(err).toContain('cannot be shown again');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await run(['license', 'import', file, '--json'])).out).toBe('{"imported":0,"known":7000}\n');
  });

  test('writes JSON to a file with --json and --file', async () => {
    const file = join(dir, 'issued.json');
    const { out } = await run(['license', 'issue', '--count', '6000', '--file', file, '--json']);
    expect(JSON.parse(out)).toEqual({ issued: 6_000, file });
    expect(JSON.parse(await readFile(file, 'utf8'))).toHaveLength(6_000);
  });

  test('refuses an existing file and a link, and stores nothing', async () => {
    const [taken, link] = [join(dir, 'taken'), join(dir, 'link')];
    await writeFile(taken, 'keys of yesterday\n');
    await symlink(join(dir, 'behind-the-link'), link);
    const before = await listed();
    for (const file of [taken, link]) {
      const err = `The file exists and may contain keys. Choose another name than ${file}.\n`;
      expect(await run(['license', 'issue', '--file', file])).toEqual({ code: 1, out: '', err });
    }
    expect(await readFile(taken, 'utf8')).toBe('keys of yesterday\n');
    expect(await listed()).toBe(before);
    await expect(stat(join(dir, 'behind-the-link'))).rejects.toThrow('ENOENT');
  });

  test('has written the key of every stored license to the file when it is killed', async () => {
    const file = join(dir, 'killed');
    const before = await listed();
    const child = spawn(process.execPath, [MAIN, 'license', 'issue', '--count', '1000000', '--file', file], {
      cwd: dir,
    });
    await eventually(async () => (await listed()) > before);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const stored = (await listed()) - before;
    const complete = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
    expect(complete.length).toBeGreaterThanOrEqual(stored);
    await writeFile(file, `${complete.join('\n')}\n`);
    const { known } = JSON.parse((await run(['license', 'import', file, '--json'])).out) as { known: number };
    expect(known).toBe(stored);
  });

  test('stops between two batches after SIGTERM: the file has the keys of all stored licenses and no others', async () => {
    const file = join(dir, 'interrupted');
    const before = await listed();
    const child = spawn(process.execPath, [MAIN, 'license', 'issue', '--count', '1000000', '--file', file], {
      cwd: dir,
    });
    await eventually(async () => (await listed()) > before);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([130, null]);
    const stored = (await listed()) - before;
    const out = JSON.stringify({ imported: 0, known: stored });
    expect((await run(['license', 'import', file, '--json'])).out).toBe(`${out}\n`);
  });
});

describe('wr-admin license export as a process', () => {
  const folder = () => join(dir, 'exports');
  beforeEach(async () => {
    await rm(folder(), { recursive: true, force: true });
    await mkdir(folder());
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('leaves the previous file and nothing else after %s', async (signal) => {
    const file = join(folder(), 'licenses');
    await writeFile(file, 'of yesterday');
    const child = spawn(process.execPath, [MAIN, 'license', 'export', '--file', file], { cwd: dir });
    const err = text(child.stderr.setEncoding('utf8'));
    await eventually(async () => (await readdir(folder())).length > 1);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(await err).toBe(`Interrupted. Nothing was written to ${file}.\n`);
    expect(await readdir(folder())).toEqual(['licenses']);
    expect(await readFile(file, 'utf8')).toBe('of yesterday');
  });

  test('replaces a link instead of following it, and does not keep the mode of the previous file', async () => {
    const [file, behind] = [join(folder(), 'licenses'), join(folder(), 'behind')];
    await writeFile(behind, 'of another user');
    await symlink(behind, `${file}.part`);
    await symlink(behind, file);
    expect((await run(['license', 'export', '--file', file])).code).toBe(0);
    expect(await readFile(behind, 'utf8')).toBe('of another user');
    const found = await lstat(file);
    expect([found.isFile(), found.mode & 0o777]).toEqual([true, 0o600]);
    expect((await readdir(folder())).sort()).toEqual(['behind', 'licenses', 'licenses.part']);
  });
});

/** Polls until the condition holds; rejects after 30 s. */
async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await isSo())) if (performance.now() > deadline) throw new Error('The condition did not hold within 30 s.');
}
