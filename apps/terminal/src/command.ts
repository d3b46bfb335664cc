/** What a typed line wants. */
export type Command =
  | { readonly kind: 'call'; readonly who: string | undefined }
  | { readonly kind: 'accept' | 'reject' | 'hangup' | 'contacts' | 'help' | 'quit' | 'nothing' }
  | { readonly kind: 'unknown'; readonly word: string }
  | { readonly kind: 'say'; readonly text: string };

const PLAIN = ['accept', 'reject', 'hangup', 'contacts', 'help', 'quit'] as const;

/** All words that a line may begin with, after the slash. */
export const COMMAND_WORDS: readonly string[] = ['call', ...PLAIN];

/** Reads a line. `//text` says `/text`. */
export function parseCommand(line: string): Command {
  if (line.trim() === '') return { kind: 'nothing' };
  if (!line.startsWith('/')) return { kind: 'say', text: line };
  if (line.startsWith('//')) return { kind: 'say', text: line.slice(1) };
  const [word = ''] = line.slice(1).trim().split(/\s/, 1);
  // A name may have blanks in it.
  if (word === 'call') return { kind: 'call', who: line.trim().slice('/call'.length).trim() || undefined };
  const plain = PLAIN.find((command) => command === word);
  return plain ? { kind: plain } : { kind: 'unknown', word };
}

/** What `/help` says. */
export const COMMAND_HELP = [
  '/call NAME   ring somebody',
  '/accept      take the call that rings',
  '/reject      do not',
  '/hangup      end the call',
  '/contacts    who is there',
  '/quit        leave (Ctrl-C, Ctrl-D)',
  'Anything else goes to the one you are talking to. A line that begins with // is sent with one /.',
];

/** What `/help` says besides to a person. */
export const KEY_HELP =
  'Keys: y or n answers a ring, Tab completes a name or a command, Up and Down bring back what you typed.';
