import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Folders looked in besides the path. */
const MORE_FOLDERS = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/** Where `redis-server` is, or `undefined`. */
export async function findRedisBinary(): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...MORE_FOLDERS];
  for (const folder of folders) {
    const file = join(folder, 'redis-server');
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

/**
 * Where `redis-server` is; installs Debian's package first where it is missing and this process may.
 *
 * @param say told in a line what is being installed.
 * @throws Error that says what to do.
 */
export async function redisBinary(say: (line: string) => void): Promise<string> {
  const found = (await findRedisBinary()) ?? (await install(say));
  if (found !== undefined) return found;
  throw new Error(
    'No Redis for the tests: set WR_TEST_REDIS_URL, or start Docker, or install redis-server (Debian: apt-get install redis-server).',
  );
}

async function install(say: (line: string) => void): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !(await isExecutable('/usr/bin/apt-get'))) return undefined;
  say('redis-server is missing: installing it with apt-get (once)');
  // RUNLEVEL=1 keeps the package from starting a server of its own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  await run('/usr/bin/apt-get', ['update', '-qq'], { env });
  await run('/usr/bin/apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'], { env });
  return findRedisBinary();
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
