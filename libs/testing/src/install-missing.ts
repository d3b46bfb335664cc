import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram, howToInstall, isExecutable, type DebianProgram } from './debian-program.js';

const run = promisify(execFile);

const APT = '/usr/bin/apt-get';

/**
 * Installs what is missing of these, one package after the other, where this process is root on Debian. What cannot be
 * installed stays missing: whoever needs it says so.
 *
 * @param say told in a line what is being installed, and what could not be.
 */
export async function installMissing(programs: readonly DebianProgram[], say: (line: string) => void): Promise<void> {
  const missing = await missingOf(programs);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !(await isExecutable(APT))) {
    for (const what of missing) say(howToInstall(what));
    return;
  }
  try {
    await apt('update');
    for (const [index, what] of missing.entries()) {
      say(`installing ${what.debianPackage} (${index + 1} of ${missing.length})`);
      await install(what, say);
    }
  } catch (failure) {
    say(`apt-get update failed: ${reason(failure)}`);
  }
}

async function missingOf(programs: readonly DebianProgram[]): Promise<readonly DebianProgram[]> {
  const paths = await Promise.all(programs.map(({ program }) => findProgram(program)));
  return programs.filter((_, index) => paths[index] === undefined);
}

/** A package that cannot be had keeps none of the others away. */
async function install(what: DebianProgram, say: (line: string) => void): Promise<void> {
  try {
    await apt('install', '-y', '--no-install-recommends', what.debianPackage);
  } catch (failure) {
    say(`${howToInstall(what)} apt-get said: ${reason(failure)}`);
  }
}

async function apt(...args: readonly string[]): Promise<void> {
  // RUNLEVEL=1 keeps a package from starting a server of its own; another process may hold apt's lock for a while.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  await run(APT, ['-o', 'DPkg::Lock::Timeout=300', '-qq', ...args], { env });
}

/** The last line of what it wrote. */
function reason(failure: unknown): string {
  const text = failure instanceof Error ? failure.message : String(failure);
  return text.trim().split('\n').at(-1) ?? '';
}
