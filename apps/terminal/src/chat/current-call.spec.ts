import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { Call, Delivery } from '@white-rabbit/client';
import { AddressBook } from '@white-rabbit/client/chat';
import { eventually } from '@white-rabbit/testing';
import { openChat, useChats } from '../../test/chat-fixture.js';
import { RecordingScreen } from '../../test/recording-screen.js';
import type { ChatContext } from './chat-context.js';
import { CurrentCall } from './current-call.js';
import type { FileCommands } from './file-commands.js';

useChats();

describe('A ring during another call', () => {
  it('of another peer is answered with busy', async () => {
    const { server, screen } = await openChat();
    server.register();
    server.ring('peer-of-bob', 'call-of-bob-1');
    server.ring('peer-of-carol', 'call-of-carol-1');
    expect(server.ofCalls).toEqual(['reject busy']);
    expect(screen.notices.at(-1)).toBe('carol called and received the answer that you are busy.');
  });

  it('of the same peer ends the old call, and rings', async () => {
    const { chat, server, screen } = await openChat();
    server.register();
    void chat.execute('/call bob');
    const { call_id } = await server.got('call');
    server.say('accept', { peer_id: 'peer-of-bob', call_id });
    await eventually('the connection', () => screen.notices.includes('Connecting to bob …'));
    server.ring('peer-of-bob', 'call-of-bob-2');
    expect(screen.notices.slice(-2)).toEqual([
      'The call with bob has ended: bob calls again.',
      'bob is calling. /accept or /reject?',
    ]);
    expect(await server.got('hangup')).toEqual({ call_id });
    server.ring('peer-of-carol', 'call-of-carol-1');
    expect(server.ofCalls).toContain('reject busy');
    void chat.execute('/accept');
    expect(await server.got('accept')).toEqual({ call_id: 'call-of-bob-2' });
  });

  it('is kept if it comes while `/call` of a script waits for the server', async () => {
    const { chat, server, screen } = await openChat();
    const called = chat.execute('/call bob');
    server.register();
    server.ring('peer-of-carol', 'call-of-carol-1');
    expect(await called).toBe(false);
    expect(screen.notices.at(-1)).toBe('You already have a call. /hangup ends it.');
    void chat.execute('/accept');
    expect(await server.got('accept')).toEqual({ call_id: 'call-of-carol-1' });
  });
});

describe('The end of a call that rings here', () => {
  it.each(['/hangup', '/quit'])('by %s declines it', async (line) => {
    const { chat, server, screen } = await openChat();
    server.register();
    server.ring('peer-of-bob', 'call-of-bob-1');
    void chat.execute(line);
    expect(await server.got('reject')).toEqual({ call_id: 'call-of-bob-1', reason: 'declined' });
    await eventually('the end', () => screen.notices.includes('You declined the call from bob.'));
  });
});

/** The calls of a user without a server. */
function currentCall(onUndelivered: () => void = () => undefined) {
  const screen = new RecordingScreen();
  const context = {
    screen,
    options: { iceServer: [] },
    contacts: { book: new AddressBook() },
    show: () => undefined,
  };
  return { screen, calls: new CurrentCall(context as unknown as ChatContext, {} as FileCommands, onUndelivered) };
}

/** A call of Bob. */
const callOfBob = () =>
  ({ peerId: 'peer-of-bob', on: () => undefined, answered: new Promise(() => undefined) }) as unknown as Call;

describe('The end of all calls', () => {
  it('waits for what was delivered of a call that another has replaced, and reports the rest', async () => {
    let undelivered = 0;
    const { calls, screen } = currentCall(() => (undelivered += 1));
    calls.ring(callOfBob());
    const closed = Promise.withResolvers<Delivery>();
    Object.assign(calls.conversation ?? {}, { hangup: () => closed.promise });
    calls.ring(callOfBob());
    Object.assign(calls.conversation ?? {}, { hangup: () => Promise.resolve({ sent: 0, confirmed: 0 }) });
    let isOver = false;
    const over = calls.endAll().then(() => (isOver = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    closed.resolve({ sent: 3, confirmed: 1 });
    await over;
    expect([undelivered, screen.notices.at(-1)]).toEqual([1, expect.stringContaining('confirmed 1 of 3 lines')]);
  });
});

describe('A text that the channel does not take', () => {
  it.each([
    ['not_open', 'You are not connected yet.'],
    ['too_long', 'does not accept texts of this length'],
    ['full', 'too much waits for the other peer'],
  ] as const)('is reported with its reason: %s', async (reason, words) => {
    const { calls, screen } = currentCall();
    calls.ring(callOfBob());
    Object.assign(calls.conversation ?? {}, { send: () => Promise.resolve({ ok: false, reason }) });
    expect([await calls.sendText('a text'), screen.notices.at(-1)]).toEqual([false, expect.stringContaining(words)]);
  });
});

describe('/block during a call', () => {
  it('is stored before the call has ended', async () => {
    const { chat, server, file } = await openChat();
    server.register();
    void chat.execute('/call bob');
    await server.got('call');
    void chat.execute('/block bob');
    await server.got('hangup');
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ blocked: ['peer-of-bob'] });
  });

  it('is refused for an unknown name, also one with digits', async () => {
    const { chat, screen } = await openChat();
    expect(await chat.execute('/block bob2024-x')).toBe(false);
    expect(screen.notices.at(-1)).toMatch(/^Name a contact or a peer id to block/);
  });
});
