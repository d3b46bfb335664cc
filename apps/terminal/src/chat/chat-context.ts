import type { Client, Identity } from '@white-rabbit/client';
import type { AddressBook } from '@white-rabbit/client/chat';
import type { StoredContacts } from '../contacts/stored-contacts.js';
import type { Options } from '../options.js';
import type { Screen } from '../screen.js';

/** The options of the command line and the identity of the profile. */
export interface ChatOptions extends Options {
  readonly identity: Identity;
}

/** What the parts of a chat share. */
export interface ChatContext {
  readonly screen: Screen;
  readonly client: Client;
  readonly options: ChatOptions;
  readonly contacts: StoredContacts;
  /** Something that the view shows has changed. */
  readonly show: () => void;
}

/** Shows why a command failed. Returns the result of the command. */
export function refuse(screen: Screen, sentence: string): false {
  screen.notify(sentence, 'bad');
  return false;
}

/** All contacts by name, as a sentence. */
export function namesOf(book: AddressBook): string {
  return `Your contacts: ${book.contacts.map(({ name }) => name).join(', ') || 'none'}.`;
}
