import type { View } from './view.js';

/** A command of the user: its word, the name of its argument, and its purpose. */
interface CommandEntry {
  readonly word: string;
  readonly argument?: string;
  readonly purpose: string;
}

/** All commands, in the order of the help. */
const COMMANDS = [
  { word: 'call', argument: 'NAME', purpose: 'call a contact, or any peer by its peer id' },
  { word: 'accept', purpose: 'accept the incoming call' },
  { word: 'reject', purpose: 'reject the incoming call' },
  { word: 'hangup', purpose: 'end the call' },
  { word: 'send', argument: 'FILE', purpose: 'offer a file to the other peer of the call' },
  { word: 'receive', argument: '[FOLDER]', purpose: 'accept an offered file' },
  { word: 'decline', purpose: 'decline an offered file' },
  { word: 'cancel', purpose: 'stop the files that are on their way' },
  { word: 'invite', purpose: 'show a link and a QR code that add you as a contact' },
  { word: 'add', argument: 'LINK', purpose: 'add a contact by its invitation; or /add NAME PEER_ID' },
  { word: 'remove', argument: 'NAME', purpose: 'remove a contact' },
  { word: 'block', argument: 'NAME', purpose: 'decline all calls of a peer (default: the current one)' },
  { word: 'unblock', argument: 'NAME', purpose: 'allow the calls of a blocked peer again' },
  { word: 'contacts', purpose: 'show the presence of your contacts' },
  { word: 'help', purpose: 'show this list' },
  { word: 'quit', purpose: 'quit (Ctrl-C, Ctrl-D)' },
] as const satisfies readonly CommandEntry[];

/** The name of a command, without the slash. */
export type CommandWord = (typeof COMMANDS)[number]['word'];

/** The meaning of a typed line. */
export type Command =
  /** `argument` is the rest of the line; it may contain spaces, and is empty if there is none. */
  | { readonly kind: 'command'; readonly word: CommandWord; readonly argument: string }
  | { readonly kind: 'unknown'; readonly word: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'nothing' };

/** Parses a line. `//text` is the text `/text`. */
export function parseCommand(line: string): Command {
  if (line.trim() === '') return { kind: 'nothing' };
  if (!line.startsWith('/')) return { kind: 'text', text: line };
  if (line.startsWith('//')) return { kind: 'text', text: line.slice(1) };
  const [, typed = '', argument = ''] = /^\/(\S*)\s*(.*?)\s*$/su.exec(line) ?? [];
  const known = COMMANDS.find(({ word }) => word === typed);
  return known ? { kind: 'command', word: known.word, argument } : { kind: 'unknown', word: typed };
}

/** The line of which `parseCommand` makes this text. */
export function lineOfText(text: string): string {
  return text.startsWith('/') ? `/${text}` : text;
}

/** The output of `/help`. */
export const COMMAND_HELP: readonly string[] = [
  ...COMMANDS.map((entry) => `${usageOf(entry).padEnd(20)}${entry.purpose}`),
  'Every other line is sent as text in the current call. A // at the start sends one /.',
];

/** Additional output of `/help` on a screen with keys. */
export const KEY_HELP =
  'Keys: y or n answers a call, Tab completes a name or a command, Up and Down recall earlier lines. Pasted text is never a command.';

function usageOf({ word, argument }: CommandEntry): string {
  return `/${word} ${argument ?? ''}`.trim();
}

/** The commands that take the name of a contact, with the space after the word. */
const NAMED: readonly string[] = COMMANDS.filter((entry: CommandEntry) => entry.argument === 'NAME').map(
  ({ word }) => `/${word} `,
);

/** The commands that begin with this text; after a command that takes a name, the names of contacts. */
export function completions(line: string, view: Pick<View, 'contacts'> | undefined): readonly string[] {
  const named = NAMED.find((start) => line.startsWith(start));
  const names = view?.contacts.map(({ name }) => `${named ?? ''}${name}`) ?? [];
  const all = named === undefined ? COMMANDS.map(({ word }) => `/${word}`) : names;
  return line.startsWith('/') ? all.filter((whole) => whole.startsWith(line)) : [];
}
