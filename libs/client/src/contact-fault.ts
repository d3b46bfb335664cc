import { isName } from './identity.js';
import { WIRE } from './wire.js';

/**
 * What the server would have against these contacts; `undefined` where nothing. To be asked before they are kept: a
 * registration with one that cannot be is refused, and that for good.
 */
export function contactFault(all: Iterable<string>): 'bad_data' | 'contacts_limit' | undefined {
  const names = [...new Set(all)];
  if (!names.every(isName)) return 'bad_data';
  return names.length > WIRE.contacts ? 'contacts_limit' : undefined;
}
