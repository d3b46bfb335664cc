import { COMMAND_WORDS } from './command.js';
import type { View } from './view.js';

const CALL = '/call ';

/** What a line that was begun may become: a command, or `/call` and somebody's name. */
export function completions(line: string, view: Pick<View, 'contacts'> | undefined): readonly string[] {
  const names = view?.contacts.map(({ name }) => CALL + name) ?? [];
  const all = line.startsWith(CALL) ? names : COMMAND_WORDS.map((word) => `/${word}`);
  return line.startsWith('/') ? all.filter((whole) => whole.startsWith(line)) : [];
}
