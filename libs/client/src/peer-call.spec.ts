import { describe, expect, it, jest } from '@jest/globals';
import { pass, settle } from '../test/fake-timers.js';
import { FakeChannel, FakePeerConnection } from '../test/fake-peer-connection.js';
import type { FakeSocket } from '../test/fake-socket.js';
import { confirmationOf, firstChannel, REQUEST, usePeerCall } from '../test/peer-call-fixture.js';
import { PeerCall, type Call, type Client, type ConnectionConfiguration } from './index.js';

let client: Client;
let server: FakeSocket;
let call: Call;
let connection: FakePeerConnection;
let peer: PeerCall;

usePeerCall((made) => ({ client, server, call, connection, peer } = made));

const channel = (): FakeChannel => firstChannel(connection);

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
    expect(await peer.send('too early')).toEqual({ ok: false, reason: 'not_open' });
    connection.gather('late');
    connection.enter('connected');
    channel().open();
    expect(await peer.opened).toEqual({ ok: true, channel: channel() });
    // The last candidates go before the server forgets the call.
    expect(server.sent.slice(-2).map(({ event }) => event)).toEqual(['signal', 'established']);
    expect(await call.ended).toBe('established');
  });

  it('sends and receives texts and bytes', async () => {
    channel().open();
    channel().fire('message', { data: 'sent before the listener' });
    channel().fire('message', { data: new ArrayBuffer(1) });
    const heard: string[] = [];
    peer.on('text', (text) => heard.push(text));
    channel().fire('message', { data: 'hello' });
    expect(await peer.send('hi')).toEqual({ ok: true, number: 1 });
    expect(await peer.send(Uint8Array.of(7, 8))).toEqual({ ok: true, number: 2 });
    expect(channel().sent).toEqual(['hi', REQUEST, Uint8Array.of(0x02, 7, 8)]);
    expect(heard).toEqual(['sent before the listener', 'hello']);
    const bytes: Uint8Array[] = [];
    channel().fire('message', { data: Uint8Array.of(0x02, 9).buffer });
    peer.on('bytes', (received) => bytes.push(received));
    channel().fire('message', { data: Buffer.from([0x02]) });
    expect(bytes).toEqual([Uint8Array.of(9), new Uint8Array()]);
  });

  it('opens other channels, and gives those of the peer to the application', () => {
    channel().open();
    const given: unknown[] = [];
    peer.on('channel', (other) => given.push(other));
    expect(peer.openChannel('moves', { ordered: false, maxRetransmits: 0 })).toBe(connection.channels[1]);
    expect(connection.channels[1]?.options).toEqual({ ordered: false, maxRetransmits: 0 });
    const other = new FakeChannel();
    connection.fire('datachannel', { channel: other });
    expect(given).toEqual([other]);
  });

  it('stays open when the server fails', async () => {
    await answer();
    channel().open();
    server.end(1006);
    await settle();
    expect(await peer.send('still here')).toMatchObject({ ok: true });
    expect(connection.connectionState).toBe('new');
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
    for (let second = 0; second < 30; second += 2) {
      server.say('heartbeat', { ack: true });
      await pass(2_000);
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
    for (const state of ['connected', 'disconnected', 'closed']) connection.enter(state);
    expect([await peer.closed, states]).toEqual(['lost', ['interrupted', 'closed']]);
  });

  it('asks a silent peer for a sign of life, is interrupted after 8 s, and continues when something arrives', async () => {
    channel().open();
    await pass(3_999);
    expect(channel().sent).toEqual([]);
    await pass(1);
    expect(channel().sent).toEqual([REQUEST]);
    await pass(3_999);
    expect(peer.state).toBe('open');
    await pass(1);
    expect(peer.state).toBe('interrupted');
    channel().fire('message', { data: confirmationOf(0) });
    expect(peer.state).toBe('open');
    await pass(7_999);
    expect(peer.state).toBe('open');
  });

  it('is not interrupted while messages arrive over another channel', async () => {
    channel().open();
    const [own, other] = [peer.openChannel('own'), new FakeChannel()];
    connection.fire('datachannel', { channel: other });
    for (const sender of [own, other, own]) {
      await pass(7_000);
      (sender as FakeChannel).fire('message', { data: 'a move' });
    }
    await pass(7_999);
    expect(peer.state).toBe('open');
    await pass(1);
    expect(peer.state).toBe('interrupted');
  });

  it('is not interrupted while a full buffer is being sent', async () => {
    channel().open();
    channel().bufferedAmount = 1_000;
    await pass(4_000);
    channel().bufferedAmount = 900;
    await pass(4_000);
    expect(peer.state).toBe('open');
  });

  it('ends with lost if it stays interrupted for 30 s', async () => {
    channel().open();
    await pass(8_000 + 29_999);
    expect(peer.state).toBe('interrupted');
    await pass(1);
    expect(await peer.closed).toBe('lost');
  });

  it('ends with closed_by_peer when the other peer closes the channel', async () => {
    channel().open();
    channel().close();
    expect(await peer.closed).toBe('closed_by_peer');
    expect(connection.connectionState).toBe('closed');
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

describe('A PeerCall whose createConnection throws', () => {
  it('hangs up and throws the same', () => {
    const fault = new SyntaxError('Invalid ICE server.');
    const create = () => {
      throw fault;
    };
    expect(() => new PeerCall(call, { createConnection: create })).toThrow(fault);
    expect(server.lastOf('hangup').data).toEqual({ call_id: call.id });
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
    const early = Object.assign(new FakeChannel(), { label: 'moves' });
    own.fire('datachannel', { channel: early });
    own.fire('datachannel', { channel: given });
    expect(await callee.once('channel')).toBe(early);
    expect(await callee.opened).toEqual({ ok: true, channel: given });
    expect([own.channels.length, server.lastOf('established').data]).toEqual([0, { call_id: 'call-of-bob' }]);
    await callee.close();
  });
});
