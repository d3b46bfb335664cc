import { isPeerId, isProfileName, looksLikePeerId, type AddressBook, type Contact } from '@white-rabbit/client/chat';
import type { Identities } from './identities.js';

/** The sentence for a text that `readContact` cannot read. */
export const CONTACT_FORM = 'A contact is a peer id (8 to 128 letters, digits, - and _), or name=peer_id.';

/**
 * Reads `name=peer_id`, a peer id, or another profile name of this browser. A profile without an identity receives one, so
 * that two users can try the page in two tabs. `undefined` if the text is none of these.
 *
 * @throws Error with a sentence for the user, if the browser cannot keep keys.
 */
export async function readContact(text: string, identities: Identities): Promise<Contact | undefined> {
  const [before = '', after] = text.split('=', 2).map((word) => word.trim());
  if (after !== undefined) return before !== '' && isPeerId(after) ? { name: before, peerId: after } : undefined;
  if (await isOwnName(before, identities)) return { name: before, peerId: (await identities.open(before)).peerId };
  return isPeerId(before) ? { name: before, peerId: before } : undefined;
}

/** Why a contact cannot be added under this name, as a sentence; `undefined` if it can. */
export function faultOfName(name: string, contacts: readonly Contact[]): string | undefined {
  if (!isProfileName(name)) return 'A name has 1 to 32 letters, digits, - and _.';
  const isTaken = contacts.some((contact) => contact.name.normalize() === name.normalize());
  return isTaken ? `You have a contact with the name ${name}. Choose another name.` : undefined;
}

/** Why a contact cannot be added or renamed, as a sentence; `undefined` if it can. A peer id is a name, too. */
export function faultOfContact({ name, peerId }: Contact, contacts: readonly Contact[]): string | undefined {
  const others = contacts.filter((contact) => contact.peerId !== peerId);
  return name === peerId ? undefined : faultOfName(name, others);
}

/**
 * Adds contacts that a user has typed or that a link has brought. A contact that is in the book already keeps its name.
 *
 * @throws Error with a sentence for the user, if one cannot be added.
 */
export function mergeContacts(book: AddressBook, contacts: readonly Contact[]): void {
  for (const contact of contacts) {
    if (book.has(contact.peerId)) continue;
    const fault = faultOfContact(contact, book.contacts);
    if (fault !== undefined) throw new Error(`The contact ${contact.name} was not added. ${fault}`);
    book.add(contact);
  }
}

/** Splits a list of contacts, separated by commas or line breaks. */
export function splitContacts(text: string): readonly string[] {
  return text
    .split(/[,\n]/)
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** The contacts of a list that need no identity of this browser: `name=peer_id` and `peer_id`. */
export function listedContacts(text: string): readonly Contact[] {
  return splitContacts(text).map((word) => {
    const [name = '', peerId = name] = word.split('=', 2).map((part) => part.trim());
    return { name, peerId };
  });
}

async function isOwnName(word: string, identities: Identities): Promise<boolean> {
  return isProfileName(word) && (!looksLikePeerId(word) || (await identities.has(word)));
}
