import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { keepIdentityFile } from '@white-rabbit/client/node';
import type { Identity } from '@white-rabbit/client';

/** Where a profile is kept. */
export function profileFile(home: string, name: string): string {
  return join(home, `${name}.json`);
}

/** Who is who: names for people, peer ids for the server. */
export class AddressBook {
  readonly #peerIds = new Map<string, string>();
  readonly #names = new Map<string, string>();

  /** Puts somebody in. */
  add(name: string, peerId: string): void {
    this.#peerIds.set(name, peerId);
    this.#names.set(peerId, name);
  }

  /** All peer ids, in the order they were put in. */
  get peerIds(): readonly string[] {
    return [...this.#names.keys()];
  }

  /** The peer meant by a name, or by its own id. */
  find(word: string): string | undefined {
    return this.#peerIds.get(word.normalize()) ?? (this.#names.has(word) ? word : undefined);
  }

  /** A name for people. */
  nameOf(peerId: string): string {
    return this.#names.get(peerId) ?? peerId;
  }

  has(peerId: string): boolean {
    return this.#names.has(peerId);
  }
}

/** An address book, and the names for which a profile had to be made on this machine. */
export interface OpenedAddressBook {
  readonly book: AddressBook;
  readonly newProfiles: readonly string[];
}

/** Fills an address book. @throws Error with a sentence, where a contact can be nobody. */
export async function openAddressBook(home: string, contacts: readonly string[]): Promise<OpenedAddressBook> {
  const book = new AddressBook();
  const newProfiles: string[] = [];
  for (const contact of contacts) {
    const [name = '', peerId] = contact.normalize().split('=', 2);
    const isKnown = peerId !== undefined || (await exists(profileFile(home, name)));
    if (!isKnown && !looksLikePeerId(name) && isProfileName(name)) newProfiles.push(name);
    book.add(name, peerId === undefined ? await peerIdOf(home, name, isKnown) : checkedPeerId(peerId));
  }
  return { book, newProfiles };
}

/** A profile that is there; else a peer id; else a profile that will be used later, on this machine. */
async function peerIdOf(home: string, word: string, isThere: boolean): Promise<string> {
  const isProfile = isProfileName(word) && (isThere || !looksLikePeerId(word));
  return isProfile ? (await openProfile(home, word)).peerId : checkedPeerId(word);
}

/** A profile's identity, made where there is none. @throws Error that names the file, where it cannot be used. */
export function openProfile(home: string, name: string): Promise<Identity> {
  return keepIdentityFile(profileFile(home, name));
}

/** Whether a profile may have this name, which is its file's as well: letters of any script, nothing else of a path. */
export function isProfileName(word: string): boolean {
  return /^[\p{L}\p{M}\p{N}_-]{1,32}$/u.test(word);
}

/** Names of people are words; a peer id is long and has digits or dashes in it. */
function looksLikePeerId(word: string): boolean {
  return /^[\w-]{8,128}$/.test(word) && /[\d_-]/.test(word);
}

function checkedPeerId(word: string): string {
  if (/^[\w-]{8,128}$/.test(word)) return word;
  throw new Error(
    `The contact '${word}' is neither a peer id (8 to 128 letters, digits, - and _) nor a profile's name.`,
  );
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
