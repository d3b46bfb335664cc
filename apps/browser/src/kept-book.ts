import { AddressBook } from '@white-rabbit/client/chat';
import type { KeyValueStore } from './kept-values.js';

/** The contacts and the blocked peers of a profile name. Empty if nothing or something else is stored. */
export function keptBook(store: KeyValueStore, name: string): AddressBook {
  try {
    return AddressBook.from(JSON.parse(store.getItem(keyOf(name)) ?? 'null'));
  } catch {
    return new AddressBook();
  }
}

/** Stores the contacts and the blocked peers of a profile name. */
export function keepBook(store: KeyValueStore, name: string, book: AddressBook): void {
  store.setItem(keyOf(name), JSON.stringify(book));
}

function keyOf(name: string): string {
  return `white-rabbit-book ${name.normalize()}`;
}
