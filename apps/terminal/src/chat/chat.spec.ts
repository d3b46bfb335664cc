import { describe, expect, it } from '@jest/globals';
import { openChat, useChats } from '../../test/chat-fixture.js';
import { RecordingScreen } from '../../test/recording-screen.js';
import { KEY_HELP } from '../command.js';

useChats();

describe('A script', () => {
  it.each(['stop', 'outputClosed'] as const)(
    'exits with 1 if it must leave while one of its lines waits for the server: %s',
    async (leave) => {
      const { chat } = await openChat();
      void chat.execute('/call bob');
      void chat[leave]();
      expect(await chat.ended).toBe(1);
    },
  );

  it('exits with 1 if a signal stops it while it waits for the server at the end of its input', async () => {
    const { chat } = await openChat();
    void chat.endInput();
    void chat.stop();
    expect(await chat.ended).toBe(1);
  });

  it('exits with 1, and executes nothing, if a line follows after a signal', async () => {
    const { chat, server, screen } = await openChat();
    server.register();
    void chat.execute('/call bob');
    await server.got('call');
    const notices = screen.notices.length;
    const stopped = chat.stop();
    expect(await chat.execute('a text')).toBe(false);
    await stopped;
    expect(screen.notices.slice(notices).join()).not.toContain('You are not connected yet.');
    expect(await chat.ended).toBe(1);
  });

  it('exits with 0 if a signal stops it between its lines', async () => {
    const { chat, server } = await openChat();
    server.register();
    expect(await chat.execute('/contacts')).toBe(true);
    void chat.stop();
    expect(await chat.ended).toBe(0);
  });

  it('exits with 0 after /quit, and executes no line that follows', async () => {
    const { chat, server, screen } = await openChat();
    server.register();
    const quit = chat.execute('/quit');
    expect(await chat.execute('/nonsense')).toBe(false);
    expect(await quit).toBe(true);
    expect([await chat.ended, screen.notices.join()]).toEqual([0, expect.not.stringContaining('nonsense')]);
  });

  it('ignores a blank line while it is not connected to a peer', async () => {
    const { chat, server, screen } = await openChat();
    server.register();
    expect([await chat.execute(''), screen.notices.at(-1)]).toEqual([true, 'Connected to the server.']);
    server.ring('peer-of-bob', 'call-of-bob-1');
    const notices = screen.notices.length;
    expect([await chat.execute(''), screen.notices.length]).toEqual([true, notices]);
  });
});

describe('A user at a terminal', () => {
  it('sends no blank line', async () => {
    const { chat, server } = await openChat([], new RecordingScreen({ interactive: true }));
    server.register();
    server.ring('peer-of-bob', 'call-of-bob-1');
    expect(await chat.execute(' ')).toBe(true);
  });

  it.each([true, false])('reads in /help of keys if the screen has them: %s', async (hasKeys) => {
    const { chat, screen } = await openChat([], new RecordingScreen({ interactive: true, hasKeys }));
    await chat.execute('/help');
    expect(screen.notices.includes(KEY_HELP)).toBe(hasKeys);
  });
});
