import type { IdentityDatabase } from '../src/identity-database.js';

/** An IndexedDB for Node that keeps values of one object store in memory. Chromium has the real one in the e2e of the page. */
export class FakeDatabase implements IdentityDatabase {
  readonly kept = new Map<string, unknown>();
  /** If set, `open` fails with it, as in a browser that keeps nothing. */
  refusal: Error | undefined;

  open(): ReturnType<IdentityDatabase['open']> {
    const store = {
      get: (key: string) => request(this.kept.get(key)),
      getKey: (key: string) => request(this.kept.has(key) ? key : undefined),
      put: (value: unknown, key: string) => {
        this.kept.set(key, value);
        return request(key);
      },
    };
    const database = {
      createObjectStore: () => store,
      transaction: () => ({ objectStore: () => store }),
      close: () => undefined,
    };
    return request(database, this.refusal);
  }
}

/** A request that succeeds or fails in one of the next turns. */
function request(result: unknown, error: Error | null = null): ReturnType<IdentityDatabase['open']> {
  const made: ReturnType<IdentityDatabase['open']> = {
    result,
    error,
    onsuccess: null,
    onerror: null,
    onupgradeneeded: null,
  };
  // Cast: the SDK does not use the events.
  const event = undefined as never;
  queueMicrotask(() => {
    made.onupgradeneeded?.(event);
    (error ? made.onerror : made.onsuccess)?.(event);
  });
  return made;
}
