import type { Kind } from './kinds.js';

/**
 * The fields of a valid document that its schema does not know, by path. The compiled schemas let them pass; but a schema looks at every field
 * that it knows, and at every entry of a map, so what it never looked at is unknown.
 */
export function unknownFields(document: unknown, kind: Kind): readonly string[] {
  const seen = new Set<string>();
  Reflect.apply(kind.prototype.validate, watched(document, '', seen), []);
  return unseen(document, '', seen);
}

/** The same value; notes in `seen` the path of every field that is read. */
function watched(value: unknown, path: string, seen: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value, {
    get(target, key) {
      const field: unknown = Reflect.get(target, key);
      if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return field;
      seen.add(`${path}/${key}`);
      return watched(field, `${path}/${key}`, seen);
    },
  });
}

/** The topmost fields that are not in `seen`. */
function unseen(value: unknown, path: string, seen: ReadonlySet<string>): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const at = `${path}/${key}`;
    return seen.has(at) ? unseen(field, at, seen) : [at];
  });
}
