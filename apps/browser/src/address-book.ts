import { writeContact, type Contact } from './contact.js';

/** Who is who: names for people, peer ids for the server. */
export class AddressBook {
  readonly #contacts = new Map<string, Contact>();

  /** @param contacts the last of one peer id counts. */
  constructor(contacts: readonly Contact[] = []) {
    for (const contact of contacts) this.add(contact);
  }

  /** All of them, in the order they were put in. */
  get contacts(): readonly Contact[] {
    return [...this.#contacts.values()];
  }

  add(contact: Contact): void {
    this.#contacts.set(contact.peerId, contact);
  }

  remove(peerId: string): void {
    this.#contacts.delete(peerId);
  }

  has(peerId: string): boolean {
    return this.#contacts.has(peerId);
  }

  /** A name for people. */
  nameOf(peerId: string): string {
    return this.#contacts.get(peerId)?.name ?? peerId;
  }

  /** As one line, to be read by `splitContacts` and `readContact`. */
  toString(): string {
    return this.contacts.map(writeContact).join(', ');
  }
}
