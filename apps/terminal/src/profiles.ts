import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { keepIdentityFile } from '@white-rabbit/client/node';
import type { Identity } from '@white-rabbit/client';
import { AddressBook, isPeerId, isProfileName, looksLikePeerId } from '@white-rabbit/client/chat';

/** The file of a profile. */
function profileFile(home: string, name: string): string {
  return join(home, `${name}.json`);
}

/** An address book, and the names for which this machine had no profile. */
export interface OpenedAddressBook {
  readonly book: AddressBook;
  readonly newProfiles: readonly string[];
}

/**
 * Reads contacts: names of profiles, peer ids, or `name=peer_id`. Creates missing profiles.
 *
 * @throws Error with a sentence for the user, if a contact is neither a peer id nor a profile name.
 */
export async function openAddressBook(home: string, contacts: readonly string[]): Promise<OpenedAddressBook> {
  const book = new AddressBook();
  const newProfiles: string[] = [];
  for (const contact of contacts) {
    const [name = '', peerId] = contact.normalize().split('=', 2);
    const isKnown = peerId !== undefined || (await exists(profileFile(home, name)));
    if (!isKnown && !looksLikePeerId(name) && isProfileName(name)) newProfiles.push(name);
    book.add({ name, peerId: peerId === undefined ? await peerIdOf(home, name, isKnown) : checkedPeerId(peerId) });
  }
  return { book, newProfiles };
}

/** The identity of a profile; generated if there is none. @throws Error that names the file, if it is not an identity. */
export function openProfile(home: string, name: string): Promise<Identity> {
  return keepIdentityFile(profileFile(home, name));
}

/** An existing profile first, then a peer id, then a new profile for a user of this machine. */
async function peerIdOf(home: string, word: string, exists: boolean): Promise<string> {
  const isProfile = isProfileName(word) && (exists || !looksLikePeerId(word));
  return isProfile ? (await openProfile(home, word)).peerId : checkedPeerId(word);
}

function checkedPeerId(word: string): string {
  if (isPeerId(word)) return word;
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
