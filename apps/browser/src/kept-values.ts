/** The part of `localStorage` that the page uses. */
export type KeyValueStore = Pick<Storage, 'getItem' | 'setItem'>;

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
