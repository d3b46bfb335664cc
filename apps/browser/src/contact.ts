import { keepIdentity, type IdentityStore } from '@white-rabbit/client';
import { identityKey, isProfileName } from './profile.js';

/** Somebody to talk to. */
export interface Contact {
  /** For people; the peer id itself where there is no other. */
  readonly name: string;
  readonly peerId: string;
}

/** What is said where `readContact` finds nobody. */
export const NOBODY = 'A contact is a peer id (8 to 128 letters, digits, - and _), or name=peer_id.';

/**
 * Reads `name=peer_id`, a peer id, or another name of this browser: its identity is made where there is none, so that
 * two people can try it in two tabs. `undefined` where it is none of these.
 *
 * @throws Error where something that is no identity is kept under that name.
 */
export function readContact(text: string, store: IdentityStore): Contact | undefined {
  const [before = '', after] = text.split('=', 2).map((word) => word.trim());
  if (after !== undefined) return before !== '' && isPeerId(after) ? { name: before, peerId: after } : undefined;
  if (isOwnName(before, store)) return { name: before, peerId: keepIdentity(store, identityKey(before)).peerId };
  return isPeerId(before) ? { name: before, peerId: before } : undefined;
}

/** A contact in the form that `readContact` reads. */
export function writeContact({ name, peerId }: Contact): string {
  return name === peerId ? peerId : `${name}=${peerId}`;
}

/** A list as it is typed. */
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

/** Names of people are words; a peer id is long and has digits or dashes in it. */
function looksLikePeerId(word: string): boolean {
  return isPeerId(word) && /[\d_-]/.test(word);
}

function isPeerId(word: string): boolean {
  return /^[\w-]{8,128}$/.test(word);
}
