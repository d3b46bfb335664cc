import { openAddressBook, openProfile } from './address-book.js';
import { Chat } from './chat.js';
import { NotToRun, parseOptions } from './options.js';
import type { Options } from './options.js';
import { Screen } from './screen.js';
import type { Streams } from './screen.js';

/** What the process ends with: done · refused by the server, or a script's command failed · called wrongly. */
export type ExitCode = 0 | 1 | 2;

/**
 * Runs one command line, without the program's own name, until the person leaves. Never rejects.
 *
 * @param onStopSignal is given what to call when the process is asked to end.
 */
export async function runTerminal(
  args: readonly string[],
  streams: Streams,
  onStopSignal: (stop: () => void) => void,
): Promise<ExitCode> {
  try {
    return await chat(parseOptions(args), streams, onStopSignal);
  } catch (error) {
    if (error instanceof NotToRun) return error.exitCode;
    streams.output.write(`* ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

async function chat(options: Options, streams: Streams, onStopSignal: (stop: () => void) => void): Promise<ExitCode> {
  const book = await openAddressBook(options.home, options.contacts);
  const identity = await openProfile(options.home, options.name);
  const screen = new Screen(streams);
  try {
    screen.tell(`You are ${options.name}: ${identity.peerId}`);
    const session = new Chat(screen, book, { ...options, identity });
    onStopSignal(() => void session.quit());
    if (screen.interactive) obeyPerson(screen, session);
    else void obeyScript(screen, session, options.accept);
    return await session.ended;
  } finally {
    screen.close();
  }
}

function obeyPerson(screen: Screen, session: Chat): void {
  screen.tell('/help shows what you can do.');
  screen.listen(
    (line) => void session.obey(line),
    () => void session.quit(),
  );
}

/** One line after the other; the end of the input is the end, unless calls are to be taken on and on. */
async function obeyScript(screen: Screen, session: Chat, stays: boolean): Promise<void> {
  for await (const line of screen.lines()) await session.obey(line);
  if (!stays) await session.quit();
}
