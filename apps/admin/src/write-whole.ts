import { randomBytes } from 'node:crypto';
import { constants, rmSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CommandFailure } from './command-failure.js';
import { Interruption } from './interruption.js';

/** Flags for a file that must not exist yet and is not a symbolic link. */
const FRESH = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const OWNER_ONLY = 0o600;

/** Creates a file that only its owner can read. Rejects if the name exists. */
export function openFresh(path: string): Promise<FileHandle> {
  return open(path, FRESH, OWNER_ONLY);
}

/** Syncs the folder of a file, so that its name is on the disk. */
export async function syncFolderOf(path: string): Promise<void> {
  const folder = await open(dirname(path), constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Writes a file that only its owner can read: under a temporary name first, which is renamed when the file is complete and
 * synced. If that fails, or is interrupted by Ctrl-C or SIGTERM, the previous file stays and nothing else is left.
 */
export async function writeWhole(
  path: string,
  fill: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const aside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`);
  // Before the temporary file exists, which a signal must not leave behind.
  const interruption = new Interruption();
  // A second Ctrl-C exits the process at once.
  const onExit = () => {
    rmSync(aside, { force: true });
  };
  process.once('exit', onExit);
  try {
    await writeAside(path, aside, fill, interruption);
    await rename(aside, path).catch((error: unknown) => fail(path, error));
    await syncFolderOf(path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  } finally {
    interruption.dispose();
    process.off('exit', onExit);
  }
}

async function writeAside(
  path: string,
  aside: string,
  fill: (write: (text: string) => Promise<void>) => Promise<void>,
  interruption: Interruption,
): Promise<void> {
  const file = await openFresh(aside).catch((error: unknown) => fail(path, error));
  try {
    await fill(async (text) => {
      if (interruption.isAsked) throw new CommandFailure(`Interrupted. Nothing was written to ${path}.`, 'interrupted');
      await file.writeFile(text).catch((error: unknown) => fail(path, error));
    });
    await file.sync();
  } finally {
    await file.close();
  }
}

function fail(path: string, cause: unknown): never {
  throw new CommandFailure(`The file cannot be written: ${path}`, 'failed', { cause });
}
