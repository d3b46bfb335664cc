import { type LicenseReference, parseLicenseReference } from '@white-rabbit/license';
import { CommandFailure } from './command-failure.js';
import { entriesOf, problemList } from './file-entries.js';

/** A license that a file names, and its place in the file, such as `line 3`. */
export interface PlacedReference {
  readonly place: string;
  readonly reference: LicenseReference;
}

/**
 * Reads keys and ids of licenses: one a line, or a JSON array of them or of the output of `issue --json` or `list --json`.
 *
 * @param name the source of the text, for messages.
 * @throws CommandFailure with the errors by line or item. It quotes no content, which may be a part of a key.
 */
export function readReferences(text: string, name: string): readonly PlacedReference[] {
  const entries = entriesOf(text).map(({ place, value }) => ({ place, reference: readEntry(value) }));
  if (entries.length === 0)
    throw new CommandFailure(`Nothing was changed: there is no key and no id in ${name}.`, 'badInput');
  const problems = entries.filter(({ reference }) => reference === undefined);
  if (problems.length > 0) {
    const places = problems.map(({ place }) => `${place}: neither a license key nor the id of a license`);
    throw new CommandFailure(problemList('Nothing was changed:', places), 'badInput');
  }
  return entries.flatMap(({ place, reference }) => (reference === undefined ? [] : [{ place, reference }]));
}

function readEntry(value: unknown): LicenseReference | undefined {
  if (typeof value === 'string') return parseLicenseReference(value);
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, license_key: key }: { id?: unknown; license_key?: unknown } = value;
  const text = id ?? key;
  return typeof text === 'string' ? parseLicenseReference(text) : undefined;
}
