import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createIdentity, identityOf, isName, randomName, type Identity } from '../identity.js';
import { PeerKey } from '../peer-key.js';
import { codeOf, fileFault } from './file-fault.js';

/**
 * Reads the identity in a file. If the file does not exist, generates an identity and creates the file (mode 0600) and
 * its folder (0700). If two processes create the file at the same time, both get the same identity.
 *
 * @throws Error that names the file, if the file is not an identity or cannot be read or written.
 */
export async function keepIdentityFile(file: string): Promise<Identity> {
  const kept = await readIdentityFile(file);
  if (kept) return kept;
  try {
    return await makeIdentityFile(file);
  } catch (error) {
    throw fileFault(file, 'written', error);
  }
}

/**
 * Reads the identity in a file. `undefined` if the file does not exist. Resets the mode of the file to 0600.
 *
 * @throws Error that names the file, if the file is not an identity or cannot be read.
 */
export async function readIdentityFile(file: string): Promise<Identity | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw fileFault(file, 'read', error);
    return undefined;
  });
  if (text === undefined) return undefined;
  try {
    const identity = await parseIdentity(text);
    // A copy or an editor may have made the file readable for others.
    await chmod(file, 0o600);
    return identity;
  } catch (error) {
    throw new Error(`${file} cannot be used as an identity.`, { cause: error });
  }
}

async function makeIdentityFile(file: string): Promise<Identity> {
  const draft = `${file}.${randomName('new')}`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(draft, await newIdentityText(), { mode: 0o600, flag: 'wx' });
  try {
    // A link is atomic and never replaces an existing file.
    await link(draft, file).catch(unlessExists);
  } finally {
    await rm(draft, { force: true });
  }
  return parseIdentity(await readFile(file, 'utf8'));
}

/** What the file holds. The peer id follows from the key; it is there for people. */
interface StoredIdentity {
  readonly deviceId: string;
  readonly peerId: string;
  readonly privateKey: string;
}

async function newIdentityText(): Promise<string> {
  const { deviceId, peerId, peerKey } = await createIdentity(true);
  const stored: StoredIdentity = { deviceId, peerId, privateKey: await peerKey.exportPrivate() };
  return `${JSON.stringify(stored)}\n`;
}

/** @throws Error if the text is not an identity. */
async function parseIdentity(text: string): Promise<Identity> {
  const { deviceId, peerId, privateKey } = JSON.parse(text) as Partial<Record<keyof StoredIdentity, unknown>>;
  if (!isName(deviceId) || typeof privateKey !== 'string') throw new Error('The text is not an identity.');
  const peerKey = await PeerKey.import(privateKey);
  if (peerKey.peerId !== peerId) throw new Error('The peer id belongs to another key.');
  return identityOf(deviceId, peerKey);
}

function unlessExists(error: unknown): undefined {
  if (codeOf(error) !== 'EEXIST') throw error;
}
