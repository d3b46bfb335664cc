import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { createIdentity } from '@white-rabbit/client';
import { Chat } from '../src/chat/chat.js';
import { contactsFile } from '../src/contacts/profiles.js';
import { StoredContacts } from '../src/contacts/stored-contacts.js';
import { parseOptions } from '../src/options.js';
import { FakeServer } from './fake-server.js';
import { RecordingScreen } from './recording-screen.js';

/** A chat of Alice with the contacts bob and carol, a server that the test plays, and what the screen has shown. */
export interface ChatFixture {
  readonly chat: Chat;
  readonly server: FakeServer;
  readonly screen: RecordingScreen;
  /** The file with the contacts. */
  readonly file: string;
}

const CONTACTS = ['bob', 'carol'].map((name) => ({ name, peerId: `peer-of-${name}` }));

const open: { readonly fixture: ChatFixture; readonly home: string }[] = [];

/** Ends the chats of each test. */
export function useChats(): void {
  afterEach(async () => {
    for (const { fixture, home } of open.splice(0)) {
      void fixture.chat.quit();
      await fixture.chat.quit();
      await rm(home, { recursive: true });
    }
  });
}

/** @param more options of the command line. @param screen of a script by default. */
export async function openChat(more: readonly string[] = [], screen = new RecordingScreen()): Promise<ChatFixture> {
  const home = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
  const file = contactsFile(home, 'alice');
  const contacts = await StoredContacts.open(file);
  for (const contact of CONTACTS) contacts.book.add(contact);
  const options = parseOptions(['--key', 'WR1-KEY', '--name', 'alice', '--home', home, ...more]);
  const chat = new Chat(screen, contacts, { ...options, identity: await createIdentity() }, FakeServer);
  const fixture = { chat, server: FakeServer.last, screen, file };
  open.push({ fixture, home });
  return fixture;
}
