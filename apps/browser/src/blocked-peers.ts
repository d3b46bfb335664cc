import { AddressBook } from '@white-rabbit/client/chat';
import type { KeyValueStore } from './kept-values.js';

/** The peers that the user of this profile name has blocked. Empty if nothing or something else is stored. */
export function keptBlocked(store: KeyValueStore, name: string): readonly string[] {
  try {
    return AddressBook.from({ contacts: [], blocked: JSON.parse(store.getItem(keyOf(name)) ?? '[]') as unknown })
      .blocked;
  } catch {
    return [];
  }
}

/** Stores the blocked peers of a profile name. A link that fills in the form does not change them. */
export function keepBlocked(store: KeyValueStore, name: string, blocked: readonly string[]): void {
  store.setItem(keyOf(name), JSON.stringify(blocked));
}

function keyOf(name: string): string {
  return `white-rabbit-blocked ${name.normalize()}`;
}
