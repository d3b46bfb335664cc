import { describe, expect, it } from '@jest/globals';
import { AddressBook } from '@white-rabbit/client/chat';
import type { IncomingFile } from '@white-rabbit/client/files';
import { RecordingScreen } from '../../test/recording-screen.js';
import type { ChatContext } from './chat-context.js';
import { FileCommands } from './file-commands.js';

/** The names of the files that were declined or accepted. */
const answers: string[] = [];

/** An offered file; it takes until after the test that it has ended. */
function offered(name: string): IncomingFile {
  const answer = (word: string) => (): unknown => answers.push(`${word} ${name}`);
  const ended = new Promise(() => undefined);
  return { name, size: 1, ended, decline: answer('declined'), accept: answer('accepted') } as unknown as IncomingFile;
}

describe('FileCommands', () => {
  it('declines each offered file once, also if the first has not ended when the user declines again', () => {
    const screen = new RecordingScreen();
    const context = {
      screen,
      options: { accept: false },
      contacts: { book: new AddressBook() },
      show: () => undefined,
    };
    const files = new FileCommands(context as unknown as ChatContext);
    for (const name of ['one.txt', 'two.txt']) files.offered(offered(name), 'peer-of-bob');
    expect([files.decline(), files.decline(), files.decline()]).toEqual([true, true, false]);
    expect(answers).toEqual(['declined one.txt', 'declined two.txt']);
    expect(screen.notices.slice(-3)).toEqual(['You declined one.txt.', 'You declined two.txt.', 'No file is offered.']);
  });
});
