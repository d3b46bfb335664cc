import { KINDS, type Manifest } from './kinds.js';
import { unknownFields } from './unknown-fields.js';

/**
 * One parsed document as a value of its type.
 *
 * @throws Error that says what its schema has against it. A kind or a field that is not known counts.
 */
export function decode(document: unknown): Manifest {
  const { apiVersion, kind } = (document ?? {}) as { readonly apiVersion?: unknown; readonly kind?: unknown };
  const known = KINDS.find((candidate) => candidate.apiVersion === apiVersion && candidate.kind === kind);
  if (known === undefined) throw new Error(`${String(apiVersion)} ${String(kind)}: there is no such kind here`);
  Reflect.apply(known.prototype.validate, document, []);
  const unknown = unknownFields(document, known);
  if (unknown.length > 0) throw new Error(`${known.kind}: unknown ${unknown.join(', ')}`);
  // Its schema has just said so.
  return document as Manifest;
}
