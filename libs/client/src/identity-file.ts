import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createIdentity, parseIdentity, type Identity } from './identity.js';
import { randomName } from './random-name.js';

/**
 * The identity kept in a file that only its owner can read (mode 0600); made there at first, with its folder (0700).
 * Of two processes that make it at once, one wins and both have the same.
 *
 * @throws Error that names the file, where it holds something else or cannot be written.
 */
export async function keepIdentityFile(file: string): Promise<Identity> {
  const kept = await readIdentityFile(file);
  if (kept) return kept;
  try {
    return await makeIdentityFile(file);
  } catch (error) {
    throw fault(file, 'written', error);
  }
}

/** The identity in a file; `undefined` where there is no such file. @throws Error that names it, where it cannot be used. */
export async function readIdentityFile(file: string): Promise<Identity | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw fault(file, 'read', error);
    return undefined;
  });
  if (text === undefined) return undefined;
  try {
    const identity = parseIdentity(text);
    // A copy or a careless editor may have opened it to others.
    await chmod(file, 0o600);
    return identity;
  } catch (error) {
    throw new Error(`${file} cannot be used as an identity.`, { cause: error });
  }
}

async function makeIdentityFile(file: string): Promise<Identity> {
  const draft = `${file}.${randomName('new')}`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(draft, `${JSON.stringify(createIdentity())}\n`, { mode: 0o600, flag: 'wx' });
  try {
    // A link appears whole or not at all, and never over a file that is there.
    await link(draft, file).catch(unlessExists);
  } finally {
    await rm(draft, { force: true });
  }
  return parseIdentity(await readFile(file, 'utf8'));
}

/** Errors of the system do not always say which file they are about. */
function fault(file: string, done: 'read' | 'written', cause: unknown): Error {
  return new Error(`${file} cannot be ${done} (${codeOf(cause)}).`, { cause });
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'no code';
}

function unlessExists(error: unknown): undefined {
  if (codeOf(error) !== 'EEXIST') throw error;
}
