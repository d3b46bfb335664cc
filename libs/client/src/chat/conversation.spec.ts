import { describe, expect, it } from '@jest/globals';
import { activeCall, client, lastCallId, rings, server, serverSends, useClient } from '../../test/client-fixture.js';
import { FakePeerConnection } from '../../test/fake-peer-connection.js';
import { settle } from '../../test/fake-timers.js';
import type { Call } from '../call.js';
import { Conversation } from './conversation.js';

useClient();

/** Why the conversation of the test ended, and whether it rang here until then. */
let ends: [string, boolean][];

function converse(call: Call | undefined, createConnection = () => new FakePeerConnection()): Conversation {
  if (!call) throw new Error('There is no call.');
  ends = [];
  return new Conversation(call, createConnection, {
    onPhase: () => undefined,
    onText: () => undefined,
    onEnded: (why, wasRinging) => ends.push([why, wasRinging]),
  });
}

describe('A conversation that is hung up', () => {
  it('while it rings here is rejected, so that both users read that it was declined', async () => {
    serverSends('ring', 'call-of-bob-1');
    void converse(rings[0]).hangup();
    await settle();
    expect(server.lastOf('reject').data).toEqual({ call_id: 'call-of-bob-1', reason: 'declined' });
    expect([server.countOf('hangup'), ends]).toEqual([0, [['declined', true]]]);
  });

  it('while this user accepts it, or while it rings there, is cancelled', async () => {
    serverSends('ring', 'call-of-bob-1');
    const incoming = converse(rings[0]);
    void incoming.accept();
    void incoming.hangup();
    await settle();
    expect([server.countOf('reject'), ends]).toEqual([0, [['cancelled', false]]]);
    const outgoing = converse(client.call('peer-bob'));
    serverSends('ringing', lastCallId());
    void outgoing.hangup();
    await settle();
    expect([server.countOf('reject'), ends]).toEqual([0, [['cancelled', false]]]);
  });
});

describe('A conversation whose connection cannot be created', () => {
  it('hangs up and ends as failed', async () => {
    const conversation = converse(await activeCall(), () => {
      throw new TypeError('This is no ICE server.');
    });
    expect(await conversation.settled).toBe(false);
    await conversation.over;
    expect([ends, server.countOf('hangup')]).toEqual([[['failed', false]], 1]);
  });
});
