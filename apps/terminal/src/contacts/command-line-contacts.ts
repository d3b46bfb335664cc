import { isGeneratedPeerId, isProfileName, type AddressBook, type Contact } from '@white-rabbit/client/chat';
import { contactFault } from './contact-names.js';
import { findProfile, openProfile } from './profiles.js';

/** The contacts that a command line names. */
export interface NamedContacts {
  /** Names of contacts or of local profiles, generated peer ids, or `name=peer_id`. */
  readonly contacts: readonly string[];
  /** Names of local profiles, which are created if they do not exist. */
  readonly localContacts: readonly string[];
}

/**
 * Adds the contacts of a command line to a book. Adds none and creates no profile if one of them is invalid.
 *
 * @param home the folder of the profiles.
 * @throws Error with a sentence for the user, if a contact is unknown, or if its name belongs to another peer.
 */
export async function addNamedContacts(
  book: AddressBook,
  home: string,
  { contacts, localContacts }: NamedContacts,
): Promise<void> {
  const found: Contact[] = [];
  for (const word of contacts) found.push(await contactOf(word.normalize(), book, home));
  for (const name of localContacts) found.push({ name, peerId: (await openProfile(home, name)).peerId });
  for (const contact of found) {
    const fault = contactFault(book, contact);
    if (fault !== undefined) throw new Error(fault);
    book.add(contact);
  }
}

async function contactOf(word: string, book: AddressBook, home: string): Promise<Contact> {
  const [name = '', peerId] = word.split('=', 2);
  if (peerId !== undefined) return { name, peerId };
  const known = book.find(word) ?? (await findProfile(home, word))?.peerId;
  if (known !== undefined) return { name: word, peerId: known };
  if (isGeneratedPeerId(word)) return { name: word, peerId: word };
  throw new Error(isProfileName(word) ? unknownName(word) : malformed(word));
}

function unknownName(name: string): string {
  return `There is no contact and no profile '${name}' on this machine. Start without it and exchange invitations: /invite in the client of ${name} shows a link, and /add LINK in this one adds it. If you know the peer id, use --contacts ${name}=PEER_ID. To try the program with two users on one machine, use --local-contacts ${name}.`;
}

function malformed(word: string): string {
  return `The contact '${word}' is neither a peer id that a client generated nor a name that a profile can have. Another peer id (8 to 128 letters, digits, - and _) needs a name: NAME=PEER_ID.`;
}
