import { open, rename, rm } from 'node:fs/promises';
import { CommandFailure } from './command-failure.js';

/**
 * Writes a file that only its owner may read: aside, and into its place once it is whole and on the disk. Where that fails
 * there is what was there before.
 */
export async function writeWhole(
  path: string,
  fill: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const aside = `${path}.part`;
  const file = await open(aside, 'w', 0o600).catch((error: unknown) => fail(path, error));
  try {
    await fill((text) => file.writeFile(text).catch((error: unknown) => fail(path, error)));
    await file.sync();
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function fail(path: string, cause: unknown): never {
  throw new CommandFailure(`The file cannot be written: ${path}`, { cause });
}
