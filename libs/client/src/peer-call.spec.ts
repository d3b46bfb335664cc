import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { onlineAlice } from '../test/alice.js';
import { fakeTimers, pass, settle } from '../test/fake-timers.js';
import { FakeChannel, FakePeerConnection } from '../test/fake-peer-connection.js';
import { FakeSocket } from '../test/fake-socket.js';
import { PeerCall, type Call, type Client, type ConnectionConfiguration } from './index.js';

let client: Client;
let server: FakeSocket;
let call: Call;
let connection: FakePeerConnection;
let peer: PeerCall;

beforeEach(async () => {
  fakeTimers();
  FakeSocket.reset();
  ({ client, server } = onlineAlice());
  call = client.call('peer-bob');
  server.ack('call');
  server.say('accept', { call_id: call.id, peer_id: 'peer-bob' });
  await call.answered;
  connection = new FakePeerConnection();
  peer = new PeerCall(call, { createConnection: () => connection });
  await settle();
});
afterEach(async () => {
  const closed = peer.close();
  await pass(5_000);
  await closed;
  client.close();
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

/** The confirmation request and the confirmation, one byte each. */
const CONFIRM = Uint8Array.of(0x05);
const CONFIRMED = Uint8Array.of(0x06);
const range = (count: number): undefined[] => Array.from({ length: count }, () => undefined);
const channel = (): FakeChannel => {
  const [first] = connection.channels;
  if (!first) throw new Error('No channel was made.');
  return first;
};
/** Bob answers the offer. */
async function answer(): Promise<void> {
  const signal = { description: { type: 'answer', sdp: 'answer' } };
  server.say('signal', { call_id: call.id, peer_id: 'peer-bob', signal });
  await settle();
}

describe('PeerCall', () => {
  it('offers, connects, and sends established to the server', async () => {
    expect(server.lastOf('signal').data['signal']).toEqual({ description: { type: 'offer', sdp: 'offer 1' } });
    await answer();
    expect(peer.send('too early')).toBe(false);
    connection.gather('late');
    connection.enter('connected');
    channel().open();
    expect(await peer.opened).toEqual({ ok: true, channel: channel() });
    // The last candidates go before the server forgets the call.
    expect(server.sent.slice(-2).map(({ event }) => event)).toEqual(['signal', 'established']);
    expect(await call.ended).toBe('established');
  });

  it('sends and receives texts', () => {
    channel().open();
    channel().fire('message', { data: 'sent before the listener' });
    channel().fire('message', { data: new ArrayBuffer(1) });
    const heard: string[] = [];
    peer.on('text', (text) => heard.push(text));
    channel().fire('message', { data: 'hello' });
    expect([peer.send('hi'), channel().sent]).toEqual([true, ['hi', CONFIRM]]);
    expect(heard).toEqual(['sent before the listener', 'hello']);
  });

  it('stays open when the server fails', async () => {
    await answer();
    channel().open();
    server.end(1006);
    await settle();
    expect([peer.send('still here'), connection.connectionState]).toEqual([true, 'new']);
  });

  it.each(['disconnected', 'peer_offline'])(
    'that has what it needs, and then finds no way, says that its call was %s meanwhile',
    async (why) => {
      await answer();
      if (why === 'disconnected') server.end(1006);
      else server.say('hangup', { call_id: call.id, peer_id: 'peer-bob', reason: why });
      await pass(29_999);
      expect(connection.connectionState).toBe('new');
      await pass(1);
      expect(await peer.opened).toEqual({ ok: false, reason: why });
    },
  );

  it('still connects when the server fails after the peers exchanged their descriptions', async () => {
    await answer();
    server.end(1006);
    await settle();
    channel().open();
    expect(await peer.opened).toMatchObject({ ok: true });
  });

  it('ends when the server fails before the peers exchanged their descriptions', async () => {
    server.end(1006);
    expect(await peer.opened).toEqual({ ok: false, reason: 'disconnected' });
    expect(connection.connectionState).toBe('closed');
  });

  it('ends when the other peer hangs up before the peers are connected', async () => {
    server.say('hangup', { call_id: call.id, peer_id: 'peer-bob', reason: 'hangup' });
    expect(await peer.opened).toEqual({ ok: false, reason: 'hangup' });
  });

  it.each(['failed', 'closed'])('ends with no_route if the connection is %s before it opened', async (state) => {
    connection.enter(state);
    expect(await peer.opened).toEqual({ ok: false, reason: 'no_route' });
    expect(server.lastOf('hangup').data).toEqual({ call_id: call.id });
  });

  it('ends with no_route if it does not connect in time', async () => {
    await answer();
    for (let half = 0; half < 2; half += 1) {
      server.say('heartbeat', { ack: true });
      await pass(15_000);
    }
    expect(await peer.closed).toBe('no_route');
    expect(server.countOf('hangup')).toBe(1);
  });

  it('ends with failed if the other peer sends an invalid description', async () => {
    const signal = { description: { type: 'answer', sdp: 'nonsense' } };
    server.say('signal', { call_id: call.id, peer_id: 'peer-bob', signal });
    expect(await peer.closed).toBe('failed');
  });

  it('ends with lost if the connection breaks after it opened', async () => {
    channel().open();
    const states: string[] = [];
    peer.on('state', (state) => states.push(state));
    for (const state of ['connected', 'disconnected', 'failed']) connection.enter(state);
    expect([await peer.closed, states]).toEqual(['lost', ['connected', 'disconnected', 'failed']]);
  });

  it('ends with closed_by_peer when the other peer closes the channel', async () => {
    channel().open();
    channel().close();
    expect(await peer.closed).toBe('closed_by_peer');
    expect(connection.connectionState).toBe('closed');
  });

  it('closes after the peer has confirmed every text, as long as confirmations arrive', async () => {
    channel().open();
    for (let count = 0; count < 3; count += 1) peer.send('a text');
    expect(channel().sent).toEqual(['a text', CONFIRM, 'a text', 'a text']);
    const closed = peer.close();
    expect(await peer.closed).toBe('closed');
    await pass(4_900);
    channel().confirm();
    await pass(4_900);
    expect([channel().readyState, channel().sent.at(-1)]).toEqual(['open', CONFIRM]);
    channel().confirm();
    expect(await closed).toBe(true);
    expect([channel().readyState, connection.connectionState]).toEqual(['closed', 'closed']);
  });

  it('closes and resolves with false if the peer confirms nothing for 5 s', async () => {
    channel().open();
    peer.send('a text');
    const both = Promise.all([peer.close(), peer.close()]);
    await pass(5_000);
    expect([await both, peer.isConfirmed, connection.connectionState]).toEqual([[false, false], false, 'closed']);
  });

  it('confirms the texts of the peer on request', () => {
    channel().open();
    channel().fire('message', { data: CONFIRM });
    expect(channel().sent).toEqual([CONFIRMED]);
  });
});

describe('PeerCall.room()', () => {
  it('resolves at once while few texts are in flight', async () => {
    channel().open();
    for (let count = 0; count < 32; count += 1) peer.send('a text');
    expect(await peer.room()).toBe(true);
    for (let count = 0; count < 32; count += 1) channel().confirm();
  });

  it.each<[string, () => void, () => void]>([
    ['buffered', () => (channel().bufferedAmount = 65_537), () => channel().drain()],
    ['unconfirmed', () => range(33).forEach(() => peer.send('a text')), () => channel().confirm()],
  ])('waits while many texts are %s', async (_, fill, empty) => {
    channel().open();
    fill();
    let isThere = false;
    const waited = peer.room().then((is) => (isThere = is));
    await pass(4_000);
    expect(isThere).toBe(false);
    empty();
    expect(await waited).toBe(true);
  });

  it('resolves eventually if the peer confirms nothing', async () => {
    channel().open();
    range(100).forEach(() => peer.send('a text'));
    const waited = peer.room();
    await pass(5_000);
    expect(await waited).toBe(true);
  });

  it('resolves with false before the channel opens and after the connection was lost', async () => {
    expect(await peer.room()).toBe(false);
    channel().open();
    channel().bufferedAmount = 65_537;
    const waited = peer.room();
    channel().readyState = 'closed';
    connection.enter('failed');
    expect(await waited).toBe(false);
  });
});

describe('The WebRTC connection of a PeerCall', () => {
  const RELAY = { urls: ['turn:one.example:3478'], username: '1700000000:x', credential: 'y' };

  it('is created with the ICE servers that the server offers for the call', async () => {
    const other = client.call('peer-bob');
    server.ack('call');
    server.say('accept', { call_id: other.id, peer_id: 'peer-bob', ice_servers: [RELAY] });
    await other.answered;
    const given: unknown[] = [];
    const second = new PeerCall(other, {
      createConnection: (configuration) => {
        given.push(configuration);
        return new FakePeerConnection();
      },
    });
    expect(given).toEqual([{ iceServers: [RELAY] }]);
    await second.close();
  });

  it('is created without ICE servers if the server offers none', async () => {
    const create = jest.fn((_configuration: ConnectionConfiguration) => new FakePeerConnection());
    const second = new PeerCall(call, { createConnection: create });
    expect(create.mock.calls).toEqual([[{ iceServers: [] }]]);
    await second.close();
  });
});

describe('The PeerCall of a callee', () => {
  it('creates no channel and uses the one of the caller', async () => {
    server.say('ring', { call_id: 'call-of-bob', peer_id: 'peer-bob' });
    const [ring] = await new Promise<Call[]>((resolve) => {
      client.on('ring', (incoming) => resolve([incoming]));
    });
    void ring?.accept();
    server.ack('accept');
    await settle();
    const given = new FakeChannel();
    const own = new FakePeerConnection();
    if (!ring) throw new Error('There was no ring.');
    const callee = new PeerCall(ring, { createConnection: () => own });
    given.readyState = 'open';
    own.fire('datachannel', { channel: given });
    expect(await callee.opened).toEqual({ ok: true, channel: given });
    expect([own.channels.length, server.lastOf('established').data]).toEqual([0, { call_id: 'call-of-bob' }]);
    await callee.close();
  });
});
