import { createIdentity, identityOf, isName, type Identity } from './identity.js';
import { PeerKey, type WebCryptoKeyPair } from './peer-key.js';

/** The part of a request of IndexedDB that the SDK uses. This package is built without the DOM types. */
interface DatabaseRequest<T> {
  readonly result: T;
  readonly error: Error | null;
  onsuccess: ((event: never) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
}

interface ObjectStore {
  get(key: string): DatabaseRequest<unknown>;
  getKey(key: string): DatabaseRequest<unknown>;
  put(value: unknown, key: string): DatabaseRequest<unknown>;
}

interface Database {
  transaction(store: string, mode: 'readonly' | 'readwrite'): { objectStore(name: string): ObjectStore };
  createObjectStore(name: string): unknown;
  close(): void;
}

/** The part of `indexedDB` that the SDK uses. */
export interface IdentityDatabase {
  open(
    name: string,
    version: number,
  ): DatabaseRequest<unknown> & { onupgradeneeded: ((event: never) => unknown) | null };
}

const DATABASE = 'white-rabbit';
const STORE = 'identities';

/** What is stored of an identity. IndexedDB keeps keys that no script can export. */
interface StoredIdentity {
  readonly deviceId: string;
  readonly pair: WebCryptoKeyPair;
}

/**
 * Reads the identity of that name from the browser's IndexedDB. If there is none, generates and stores one. Its private key
 * cannot be exported. If two tabs do this at the same time, both get the same identity.
 *
 * @throws Error with a sentence for the user, if the browser cannot keep keys, or if the stored value is not an identity.
 */
export async function keepIdentity(name = 'default', database = ofRuntime()): Promise<Identity> {
  return withStore(database, async (store) => {
    const kept = await done(store('readonly').get(name));
    if (kept !== undefined) return read(kept);
    const { deviceId, peerKey } = await createIdentity();
    const made: StoredIdentity = { deviceId, pair: peerKey.pair };
    // Another tab may have stored one meanwhile. No transaction can wait for the generation of a key.
    const writing = store('readwrite');
    const first = (await done(writing.get(name))) ?? (await done(writing.put(made, name)), made);
    return read(first);
  });
}

/** Whether this browser has stored an identity of that name. @throws like `keepIdentity`. */
export async function hasIdentity(name: string, database = ofRuntime()): Promise<boolean> {
  return withStore(database, async (store) => (await done(store('readonly').getKey(name))) !== undefined);
}

async function read(value: unknown): Promise<Identity> {
  const { deviceId, pair } = Object(value) as Partial<StoredIdentity>;
  if (!isName(deviceId) || !pair) throw new Error('The stored value is not an identity.');
  return identityOf(deviceId, await PeerKey.of(pair));
}

type OpenStore = (mode: 'readonly' | 'readwrite') => ObjectStore;

async function withStore<T>(factory: IdentityDatabase, use: (store: OpenStore) => Promise<T>): Promise<T> {
  const request = factory.open(DATABASE, 1);
  request.onupgradeneeded = () => (request.result as Database).createObjectStore(STORE);
  const database = (await done(request)) as Database;
  try {
    return await use((mode) => database.transaction(STORE, mode).objectStore(STORE));
  } finally {
    database.close();
  }
}

/** Resolves in the turn of the event, so that the transaction is still open. */
function done<T>(request: DatabaseRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error('The browser cannot keep an identity.', { cause: request.error }));
  });
}

function ofRuntime(): IdentityDatabase {
  const { indexedDB } = globalThis as { readonly indexedDB?: IdentityDatabase };
  if (!indexedDB) throw new Error('This runtime has no IndexedDB to keep an identity.');
  return indexedDB;
}
