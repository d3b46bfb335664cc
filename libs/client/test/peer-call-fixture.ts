import { afterEach, beforeEach, expect, jest } from '@jest/globals';
import { PeerCall, type Call, type Client } from '../src/index.js';
import { onlineAlice } from './alice.js';
import { FakePeerConnection, type FakeChannel } from './fake-peer-connection.js';
import { FakeSocket } from './fake-socket.js';
import { fakeTimers, pass, settle } from './fake-timers.js';

/** A `PeerCall` of Alice to Bob that Bob has accepted, with everything around it. */
export interface MadePeerCall {
  readonly client: Client;
  readonly server: FakeSocket;
  readonly call: Call;
  readonly connection: FakePeerConnection;
  readonly peer: PeerCall;
}

/** Makes one before each test, with fake timers, and closes it after the test: no timer is left then. */
export function usePeerCall(onMade: (made: MadePeerCall) => void): void {
  let made: MadePeerCall;
  beforeEach(async () => {
    fakeTimers();
    FakeSocket.reset();
    const { client, server } = onlineAlice();
    const call = client.call('peer-bob');
    server.ack('call');
    server.say('accept', { call_id: call.id, peer_id: 'peer-bob' });
    await call.answered;
    const connection = new FakePeerConnection();
    made = { client, server, call, connection, peer: new PeerCall(call, { createConnection: () => connection }) };
    onMade(made);
    await settle();
  });
  afterEach(async () => {
    const closed = made.peer.close();
    await pass(5_000);
    await closed;
    made.client.close();
    await settle();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });
}

/** The channel that a `PeerCall` opened on its connection. */
export function firstChannel({ channels: [first] }: FakePeerConnection): FakeChannel {
  if (!first) throw new Error('No channel was made.');
  return first;
}

/** The request for a confirmation. */
export const REQUEST = Uint8Array.of(0x05);
/** The confirmation of that many messages; at most 255. */
export const confirmationOf = (count: number): Uint8Array => Uint8Array.of(0x06, 0, 0, 0, count);
