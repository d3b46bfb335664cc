import { keepIdentity, type IdentityStore } from '@white-rabbit/client';
import { isPeerId, isProfileName, looksLikePeerId, type Contact } from '@white-rabbit/client/chat';
import { identityKey } from './profile.js';

/** The sentence for a text that `readContact` cannot read. */
export const CONTACT_FORM = 'A contact is a peer id (8 to 128 letters, digits, - and _), or name=peer_id.';

/**
 * Reads `name=peer_id`, a peer id, or another profile name of this browser. A profile without an identity receives one, so
 * that two users can try the page in two tabs. `undefined` if the text is none of these.
 *
 * @throws Error if the value stored for that profile is not an identity.
 */
export function readContact(text: string, store: IdentityStore): Contact | undefined {
  const [before = '', after] = text.split('=', 2).map((word) => word.trim());
  if (after !== undefined) return before !== '' && isPeerId(after) ? { name: before, peerId: after } : undefined;
  if (isOwnName(before, store)) return { name: before, peerId: keepIdentity(store, identityKey(before)).peerId };
  return isPeerId(before) ? { name: before, peerId: before } : undefined;
}

/** Splits a list of contacts, separated by commas or line breaks. */
export function splitContacts(text: string): readonly string[] {
  return text
    .split(/[,\n]/)
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function isOwnName(word: string, store: IdentityStore): boolean {
  if (!isProfileName(word)) return false;
  return store.getItem(identityKey(word)) !== null || !looksLikePeerId(word);
}
