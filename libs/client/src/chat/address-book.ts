import { isName } from '../identity.js';

/** A peer that the user knows by a name. */
export interface Contact {
  /** The name that the user sees; the peer id if the user gave no other. */
  readonly name: string;
  readonly peerId: string;
}

/** The contacts of a user: names for the user, peer ids for the server. */
export class AddressBook {
  readonly #contacts = new Map<string, Contact>();
  readonly #peerIds = new Map<string, string>();

  /** @param contacts if a peer id occurs twice, the last contact is kept. */
  constructor(contacts: readonly Contact[] = []) {
    for (const contact of contacts) this.add(contact);
  }

  /** All contacts in the order of their addition. */
  get contacts(): readonly Contact[] {
    return [...this.#contacts.values()];
  }

  /** All peer ids in the order of their addition. */
  get peerIds(): readonly string[] {
    return [...this.#contacts.keys()];
  }

  add(contact: Contact): void {
    this.#contacts.set(contact.peerId, contact);
    this.#peerIds.set(contact.name, contact.peerId);
  }

  remove(peerId: string): void {
    this.#contacts.delete(peerId);
    for (const [name, known] of this.#peerIds) if (known === peerId) this.#peerIds.delete(name);
  }

  has(peerId: string): boolean {
    return this.#contacts.has(peerId);
  }

  /** The peer id of the contact with this name or this peer id. */
  find(word: string): string | undefined {
    return this.#peerIds.get(word.normalize()) ?? (this.has(word) ? word : undefined);
  }

  /** The name of a contact; the peer id itself if the peer is not a contact. */
  nameOf(peerId: string): string {
    return this.#contacts.get(peerId)?.name ?? peerId;
  }

  /** All contacts in one line, as a list of `name=peer_id` or `peer_id`. */
  toString(): string {
    return this.contacts.map(writeContact).join(', ');
  }
}

/** A contact as `name=peer_id`, or as `peer_id` if it has no other name. */
export function writeContact({ name, peerId }: Contact): string {
  return name === peerId ? peerId : `${name}=${peerId}`;
}

/** Whether a profile can have this name: 1 to 32 letters of any script, digits, `-` and `_`. Safe as a file name. */
export function isProfileName(word: string): boolean {
  return /^[\p{L}\p{M}\p{N}_-]{1,32}$/u.test(word);
}

/** Whether the word has the form of a peer id: 8 to 128 letters, digits, `-` and `_`. */
export function isPeerId(word: string): boolean {
  return isName(word);
}

/** Whether the word is a peer id rather than the name of a profile: a generated peer id has digits or dashes. */
export function looksLikePeerId(word: string): boolean {
  return isPeerId(word) && /[\d_-]/.test(word);
}
