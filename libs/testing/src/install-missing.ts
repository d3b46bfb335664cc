import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { howToInstall, isExecutable, isInstalled, type DebianProgram } from './debian-program.js';

const run = promisify(execFile);

const APT = '/usr/bin/apt-get';

/**
 * Installs the programs of `programs` that are missing. First reports which packages it will install; does nothing if
 * no program is missing. Only root on Debian can install: otherwise it reports the commands to run. Does not throw: a
 * package that cannot be installed stays missing, and the suites that need it report that.
 *
 * @param say receives one line for each package to install and each that could not be installed.
 */
export async function installMissing(programs: readonly DebianProgram[], say: (line: string) => void): Promise<void> {
  const missing = await missingOf(programs);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !(await isExecutable(APT))) {
    for (const what of missing) say(howToInstall(what));
    return;
  }
  const packages = missing.map(({ debianPackage }) => debianPackage);
  say(`The tests need ${packages.length} packages of Debian that are not installed: ${packages.join(', ')}.`);
  say('Installing them with apt-get, which takes some minutes.');
  try {
    await apt('update');
    for (const [index, what] of missing.entries()) {
      say(`Installing ${what.debianPackage} (${index + 1} of ${missing.length})`);
      await install(what, say);
    }
  } catch (failure) {
    say(`apt-get update failed: ${reason(failure)}`);
  }
}

async function missingOf(programs: readonly DebianProgram[]): Promise<readonly DebianProgram[]> {
  const installed = await Promise.all(programs.map(isInstalled));
  return programs.filter((_, index) => !installed[index]);
}

/** If one package cannot be installed, the others still are. */
async function install(what: DebianProgram, say: (line: string) => void): Promise<void> {
  try {
    await apt('install', '-y', '--no-install-recommends', what.debianPackage);
  } catch (failure) {
    say(`${howToInstall(what)} apt-get answered: ${reason(failure)}`);
  }
}

async function apt(...args: readonly string[]): Promise<void> {
  // RUNLEVEL=1 keeps a package from starting a server of its own; another process may hold the lock of apt.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  await run(APT, ['-o', 'DPkg::Lock::Timeout=300', '-qq', ...args], { env });
}

/** The last line of the error's message. */
function reason(failure: unknown): string {
  const text = failure instanceof Error ? failure.message : String(failure);
  return text.trim().split('\n').at(-1) ?? '';
}
