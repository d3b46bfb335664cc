/** The part of `localStorage` that the page uses. */
export type KeyValueStore = Pick<Storage, 'getItem' | 'setItem'>;

/** A store that never throws: a value that the browser refuses, because it is full or blocked, is kept until the page ends. */
export class SafeStore implements KeyValueStore {
  readonly #open: () => KeyValueStore;
  readonly #refused = new Map<string, string>();

  /** @param open returns the store of the browser, or throws. */
  constructor(open: () => KeyValueStore) {
    this.#open = open;
  }

  /** Whether a value will be lost at the end of the page. */
  get hasRefused(): boolean {
    return this.#refused.size > 0;
  }

  getItem(key: string): string | null {
    try {
      return this.#refused.get(key) ?? this.#open().getItem(key);
    } catch {
      return null;
    }
  }

  setItem(key: string, value: string): void {
    try {
      this.#open().setItem(key, value);
      this.#refused.delete(key);
    } catch {
      this.#refused.set(key, value);
    }
  }
}

/** In `localStorage`. Its mere name throws if the user has blocked it. */
export const STORE = new SafeStore(() => localStorage);

/**
 * Reads an object that was stored as JSON. A field has its default if it is missing or has another type: another version of
 * this page may have stored other fields.
 */
export function readKept<T extends object>(store: KeyValueStore, key: string, defaults: T): T {
  try {
    const kept: unknown = JSON.parse(store.getItem(key) ?? '{}');
    return typeof kept === 'object' ? { ...defaults, ...fieldsOf(kept ?? {}, defaults) } : defaults;
  } catch {
    return defaults;
  }
}

function fieldsOf<T extends object>(kept: object, defaults: T): Partial<T> {
  const kinds = new Map<string, string>(Object.entries(defaults).map(([name, value]) => [name, typeof value]));
  // Safe cast: only fields of the defaults are left, each with the type of its default.
  return Object.fromEntries(
    Object.entries(kept).filter(([name, value]) => kinds.get(name) === typeof value),
  ) as Partial<T>;
}
