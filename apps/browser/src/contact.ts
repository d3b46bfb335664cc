import { isPeerId, isProfileName, looksLikePeerId, type Contact } from '@white-rabbit/client/chat';
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
