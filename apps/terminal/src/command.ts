import type { View } from './view.js';

/** The meaning of a typed line. */
export type Command =
  | { readonly kind: 'call'; readonly peer: string | undefined }
  | { readonly kind: 'accept' | 'reject' | 'hangup' | 'contacts' | 'help' | 'quit' | 'nothing' }
  | { readonly kind: 'unknown'; readonly word: string }
  | { readonly kind: 'text'; readonly text: string };

const PLAIN = ['accept', 'reject', 'hangup', 'contacts', 'help', 'quit'] as const;

/** All command names, without the slash. */
const COMMAND_WORDS: readonly string[] = ['call', ...PLAIN];

/** Parses a line. `//text` is the text `/text`. */
export function parseCommand(line: string): Command {
  if (line.trim() === '') return { kind: 'nothing' };
  if (!line.startsWith('/')) return { kind: 'text', text: line };
  if (line.startsWith('//')) return { kind: 'text', text: line.slice(1) };
  const [word = ''] = line.slice(1).trim().split(/\s/, 1);
  // A name may contain spaces.
  if (word === 'call') return { kind: 'call', peer: line.trim().slice('/call'.length).trim() || undefined };
  const plain = PLAIN.find((command) => command === word);
  return plain ? { kind: plain } : { kind: 'unknown', word };
}

/** The output of `/help`. */
export const COMMAND_HELP = [
  '/call NAME   call a contact',
  '/accept      accept the incoming call',
  '/reject      reject the incoming call',
  '/hangup      end the call',
  '/contacts    show the presence of your contacts',
  '/quit        quit (Ctrl-C, Ctrl-D)',
  'Every other line is sent as text in the current call. A line that begins with // is sent with one /.',
];

/** Additional output of `/help` on an interactive screen. */
export const KEY_HELP =
  'Keys: y or n answers a call, Tab completes a name or a command, Up and Down recall earlier lines.';

const CALL = '/call ';

/** The commands that begin with this text; after `/call `, the names of contacts. */
export function completions(line: string, view: Pick<View, 'contacts'> | undefined): readonly string[] {
  const names = view?.contacts.map(({ name }) => CALL + name) ?? [];
  const all = line.startsWith(CALL) ? names : COMMAND_WORDS.map((word) => `/${word}`);
  return line.startsWith('/') ? all.filter((whole) => whole.startsWith(line)) : [];
}
