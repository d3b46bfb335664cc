import { isProfileName } from '@white-rabbit/client/chat';
import { readKept, type KeyValueStore } from './kept-values.js';

/** The values of the sign-in form. */
export interface Profile {
  readonly url: string;
  readonly licenseKey: string;
  /** The profile name, seen only by this user. The browser keeps the identity under it. */
  readonly name: string;
  /** Contacts to add to those of the name, as typed. */
  readonly contacts: string;
  /** Whether the key is stored in this browser. */
  readonly keepKey: boolean;
}

/** The values of an empty form. */
export const EMPTY: Profile = { url: 'ws://127.0.0.1:8080/ws', licenseKey: '', name: '', contacts: '', keepKey: true };

const STORAGE_KEY = 'white-rabbit-page';

/**
 * Whether an invitation may fill in the address of the server: a user without a license key that has chosen no server is
 * new. A key that is in the form already must not be sent to the server of a link.
 */
export function takesServer({ url, licenseKey }: Profile): boolean {
  return licenseKey === '' && (url === '' || url === EMPTY.url);
}

/** What is wrong with the values of the form, as a sentence; `undefined` if they are valid. */
export function faultOf({ url, licenseKey, name }: Profile): string | undefined {
  if (url === '') return 'Enter the address of the server. It begins with wss://.';
  if (licenseKey === '') return 'Enter a license key. The operator of the server issues it.';
  if (!isProfileName(name)) return 'A name has 1 to 32 letters, digits, - and _.';
  return undefined;
}

/**
 * Reads the profile in a link: `#url=…&key=…&name=…&contacts=…`. A browser never sends the part after `#` to a web server.
 * The stored profile is ignored, so that the key stored for a server is not sent to the server in the link. `undefined` if
 * the link has no profile.
 */
export function profileOfLink(hash: string): Profile | undefined {
  const values = new URLSearchParams(hash.replace(/^#/, ''));
  if (!['url', 'key', 'name', 'contacts'].some((word) => values.has(word))) return undefined;
  return {
    url: values.get('url') ?? EMPTY.url,
    licenseKey: values.get('key') ?? '',
    name: values.get('name') ?? '',
    contacts: values.get('contacts') ?? '',
    keepKey: false,
  };
}

/** The stored profile; `EMPTY` if there is none. */
export function keptProfile(store: KeyValueStore): Profile {
  return readKept(store, STORAGE_KEY, EMPTY);
}

/** Stores the profile; its key only if `keepKey` is set. */
export function keepProfile(store: KeyValueStore, profile: Profile): void {
  store.setItem(STORAGE_KEY, JSON.stringify({ ...profile, licenseKey: profile.keepKey ? profile.licenseKey : '' }));
}
