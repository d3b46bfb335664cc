import { Chat } from './chat.js';
import { openScreen } from './open-screen.js';
import { NotToRun, parseOptions, type Options } from './options.js';
import { openAddressBook, openProfile } from './profiles.js';
import type { Streams } from './screen.js';
import { sentenceOfNewProfile } from './sentences.js';

/** The exit code: success · the server refused the client, or a command of a script failed · invalid command line. */
export type ExitCode = 0 | 1 | 2;

/**
 * Runs the program with a command line (without the program name) until the user quits. Never rejects.
 *
 * @param onStopSignal receives the function to call when the process receives a stop signal.
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
    screen.notify(`You are ${options.name}: ${identity.peerId}`);
    for (const name of newProfiles) screen.notify(sentenceOfNewProfile(name), 'bad');
    const session = new Chat(screen, book, { ...options, identity });
    onStopSignal(() => void session.quit());
    if (screen.interactive) screen.notify('/help lists the commands.');
    screen.listen({
      onLine: (line) => session.execute(line),
      onEnd: () => {
        // With --accept, a script continues to accept calls after the end of its input.
        if (screen.interactive || !options.accept) void session.endInput();
      },
    });
    return await session.ended;
  } finally {
    await screen.close();
  }
}
