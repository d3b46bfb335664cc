import { describe, expect, it } from '@jest/globals';
import { Call } from '@white-rabbit/client';
import { Threads } from './threads.js';

type Port = ConstructorParameters<typeof Call>[0];

const BOB = 'peer-of-bob';

function newThreads(): Threads {
  return new Threads((peerId) => peerId.replace('peer-of-', ''), {
    onChange: () => undefined,
    onNews: () => undefined,
  });
}

/** A call with bob at a server that grants each request. */
function call(id: string, role: 'caller' | 'callee'): Call {
  // Only this method of the port is used before a call is accepted.
  const port = { request: () => Promise.resolve({ ok: true }) };
  return new Call(port as unknown as Port, BOB, id, role);
}

/** The texts of this user with their marks, and the notices. */
function shown(threads: Threads): readonly string[] {
  return threads.of(BOB).entries.map((entry) => ('mark' in entry ? `${entry.text}: ${entry.mark}` : entry.text));
}

describe('A peer that calls again', () => {
  it('has lost the texts of the conversation before, and receives those of the new one', async () => {
    const threads = newThreads();
    threads.converse(call('call-1', 'caller'));
    const before = threads.of(BOB).conversation;
    threads.of(BOB).addSent('lost');
    const again = call('call-2', 'callee');
    threads.ring(again);
    threads.of(BOB).addSent('received');
    await before?.over;
    threads.of(BOB).markDelivered(1);
    expect(shown(threads)).toEqual(['lost: unconfirmed', 'The connection to bob was lost.', 'received: delivered']);
    expect(threads.of(BOB).conversation?.call).toBe(again);
    threads.leave();
  });

  it('has cancelled the call that still rings here', async () => {
    const threads = newThreads();
    threads.ring(call('call-1', 'callee'));
    const before = threads.of(BOB).conversation;
    threads.ring(call('call-2', 'callee'));
    await before?.over;
    expect(shown(threads)).toEqual(['bob called and hung up before you answered.']);
    expect(threads.ringing).toHaveLength(1);
    threads.leave();
  });
});
