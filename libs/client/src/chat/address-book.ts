import { isName } from '../identity.js';
import { isKeyId } from '../peer-key.js';

/** A peer that the user knows by a name. */
export interface Contact {
  /** The name that the user sees; the peer id if the user gave no other. */
  readonly name: string;
  readonly peerId: string;
}

/** An address book as an application stores it, in JSON. */
export interface StoredAddressBook {
  readonly contacts: readonly Contact[];
  /** The ids of the blocked peers. */
  readonly blocked: readonly string[];
}

/**
 * The contacts of a user: names for the user, peer ids for the server; and the peers that the user has blocked. Whether a
 * peer is a contact and whether it is blocked are independent.
 */
export class AddressBook {
  readonly #contacts = new Map<string, Contact>();
  readonly #peerIds = new Map<string, string>();
  readonly #blocked: Set<string>;

  /**
   * @param contacts if a peer id occurs twice, the last contact is kept.
   * @param blocked the ids of the blocked peers.
   */
  constructor(contacts: readonly Contact[] = [], blocked: readonly string[] = []) {
    for (const contact of contacts) this.add(contact);
    this.#blocked = new Set(blocked);
  }

  /** Reads what `toJSON` wrote. @throws Error with a sentence for the user, if the value is something else. */
  static from(value: unknown): AddressBook {
    const { contacts, blocked } = (value ?? {}) as Partial<Record<keyof StoredAddressBook, unknown>>;
    if (!Array.isArray(contacts) || !contacts.every(isContact))
      throw new Error('These are not the contacts of a user.');
    if (!Array.isArray(blocked) || !blocked.every(isName)) throw new Error('These are not blocked peers.');
    return new AddressBook(
      contacts.map(({ name, peerId }) => ({ name, peerId })),
      blocked,
    );
  }

  /** All contacts in the order of their addition. */
  get contacts(): readonly Contact[] {
    return [...this.#contacts.values()];
  }

  /** All peer ids in the order of their addition. */
  get peerIds(): readonly string[] {
    return [...this.#contacts.keys()];
  }

  /** Adds a contact or renames it. */
  add(contact: Contact): void {
    this.#forgetNames(contact.peerId);
    this.#contacts.set(contact.peerId, contact);
    this.#peerIds.set(contact.name, contact.peerId);
  }

  remove(peerId: string): void {
    this.#contacts.delete(peerId);
    this.#forgetNames(peerId);
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

  /** The ids of the blocked peers in the order of their addition. */
  get blocked(): readonly string[] {
    return [...this.#blocked];
  }

  /** From now on the application declines each ring of this peer, without a notice to the user. */
  block(peerId: string): void {
    this.#blocked.add(peerId);
  }

  unblock(peerId: string): void {
    this.#blocked.delete(peerId);
  }

  isBlocked(peerId: string): boolean {
    return this.#blocked.has(peerId);
  }

  /** What an application stores; `AddressBook.from` reads it. */
  toJSON(): StoredAddressBook {
    return { contacts: this.contacts, blocked: this.blocked };
  }

  /** All contacts in one line, as a list of `name=peer_id` or `peer_id`. */
  toString(): string {
    return this.contacts.map(writeContact).join(', ');
  }

  #forgetNames(peerId: string): void {
    for (const [name, known] of this.#peerIds) if (known === peerId) this.#peerIds.delete(name);
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

/** Whether the word is a peer id as clients generate it: of a key, or `peer-` and 24 characters. No name is read as one. */
export function isGeneratedPeerId(word: string): boolean {
  return isKeyId(word) || /^peer-[\w-]{24}$/.test(word);
}

/** Whether the word is a peer id rather than the name of a profile: it has digits or dashes. */
export function looksLikePeerId(word: string): boolean {
  return isPeerId(word) && /[\d_-]/.test(word);
}

/** Names are chosen by the user in any form (`name=peer_id`), but never empty. */
function isContact(value: unknown): value is Contact {
  const { name, peerId } = (value ?? {}) as Partial<Record<keyof Contact, unknown>>;
  return typeof name === 'string' && /^\P{Cc}{1,128}$/u.test(name) && isName(peerId);
}
