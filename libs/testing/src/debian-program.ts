import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Folders looked in besides the path. */
const MORE_FOLDERS = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/** A program that no npm package brings, and the package of Debian that does. */
export interface DebianProgram {
  readonly program: string;
  readonly debianPackage: string;
}

/** Where the program is, or `undefined`. */
export async function findProgram(program: string): Promise<string | undefined> {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), ...MORE_FOLDERS]) {
    const file = join(folder, program);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

/**
 * Where the program is; where it is missing and this process is root on Debian, its package is installed first.
 *
 * @param say told in a line what is being installed.
 * @returns `undefined` where it is neither there nor to be had: `howToInstall` says what a person can do.
 */
export async function debianProgram(
  what: DebianProgram,
  say: (line: string) => void = sayOnStderr,
): Promise<string | undefined> {
  return (await findProgram(what.program)) ?? (await install(what, say));
}

/** What to do where `debianProgram` found nothing, as a sentence. */
export function howToInstall({ program, debianPackage }: DebianProgram): string {
  return `${program} is missing; install it (Debian: apt-get install ${debianPackage}).`;
}

/** Two installations at once would fail over apt's own lock; the second waits for the first. */
let installing: Promise<unknown> = Promise.resolve();

function install(what: DebianProgram, say: (line: string) => void): Promise<string | undefined> {
  const installed = installing.then(() => installNow(what, say));
  installing = installed.catch(() => undefined);
  return installed;
}

async function installNow(
  { program, debianPackage }: DebianProgram,
  say: (line: string) => void,
): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !(await isExecutable('/usr/bin/apt-get'))) return undefined;
  say(`${program} is missing: installing ${debianPackage} with apt-get (once)`);
  // RUNLEVEL=1 keeps a package from starting a server of its own; another process may hold apt's lock for a while.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const apt = (...args: string[]) =>
    run('/usr/bin/apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-qq', ...args], { env });
  await apt('update');
  await apt('install', '-y', '--no-install-recommends', debianPackage);
  return findProgram(program);
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function sayOnStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
