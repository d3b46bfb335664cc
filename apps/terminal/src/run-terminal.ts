import { Chat } from './chat/chat.js';
import { addNamedContacts } from './contacts/command-line-contacts.js';
import { contactsFile, openProfile } from './contacts/profiles.js';
import { StoredContacts } from './contacts/stored-contacts.js';
import { openScreen } from './open-screen.js';
import { NotToRun, parseOptions, type Options } from './options.js';
import type { Streams } from './screen.js';
import { findSocketClass } from './socket-class.js';

/** The exit code, as `--help` explains it. */
export type ExitCode = 0 | 1 | 2;

const FIRST_STEPS =
  'You have no contacts. /invite shows a link with which another user adds you, /add LINK adds another user, /help lists all commands.';

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
  const contacts = await StoredContacts.open(contactsFile(options.home, options.name));
  await addNamedContacts(contacts.book, options.home, options);
  const identity = await openProfile(options.home, options.name);
  contacts.book.remove(identity.peerId);
  await contacts.save();
  const [screen, socketClass] = [await openScreen(streams, process.env), await findSocketClass()];
  try {
    screen.notify(`You are ${options.name}: ${identity.peerId}`);
    const session = new Chat(screen, contacts, { ...options, identity }, socketClass);
    onStopSignal(() => void session.stop());
    streams.output.on('error', () => void session.outputClosed());
    if (screen.interactive)
      screen.notify(contacts.book.contacts.length === 0 ? FIRST_STEPS : '/help lists the commands.');
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
