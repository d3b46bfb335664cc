import { openAddressBook, openProfile } from './address-book.js';
import { Chat } from './chat.js';
import { openScreen } from './open-screen.js';
import { NotToRun, parseOptions, type Options } from './options.js';
import type { Streams } from './screen.js';
import { sentenceOfNewProfile } from './sentences.js';

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
  const { book, newProfiles } = await openAddressBook(options.home, options.contacts);
  const identity = await openProfile(options.home, options.name);
  const screen = await openScreen(streams, process.env);
  try {
    screen.tell(`You are ${options.name}: ${identity.peerId}`);
    for (const name of newProfiles) screen.tell(sentenceOfNewProfile(name), 'bad');
    const session = new Chat(screen, book, { ...options, identity });
    onStopSignal(() => void session.quit());
    if (screen.interactive) screen.tell('/help shows what you can do.');
    screen.listen({
      onLine: (line) => session.obey(line),
      onEnd: () => {
        // A script that takes calls goes on taking them when it has no more to say.
        if (screen.interactive || !options.accept) void session.endInput();
      },
    });
    return await session.ended;
  } finally {
    await screen.close();
  }
}
