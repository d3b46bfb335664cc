import { readKept, type KeyValueStore } from './kept-values.js';

/** What the user has chosen for this browser, for all profiles. */
export interface Settings {
  /** Whether rings and texts cause a notification while the page is hidden. The browser must allow it, too. */
  readonly notifications: boolean;
  /** Whether rings, and texts while the page is hidden, cause a sound. */
  readonly sound: boolean;
}

/** A new user is not disturbed. */
export const DEFAULT_SETTINGS: Settings = { notifications: false, sound: false };

const STORAGE_KEY = 'white-rabbit-settings';

/** The stored settings; the defaults if there are none. */
export function keptSettings(store: KeyValueStore): Settings {
  return readKept(store, STORAGE_KEY, DEFAULT_SETTINGS);
}

/** Stores the settings. */
export function keepSettings(store: KeyValueStore, settings: Settings): void {
  store.setItem(STORAGE_KEY, JSON.stringify(settings));
}
