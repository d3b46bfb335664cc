import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { onlineAlice } from '../test/alice.js';
import { fakeTimers, pass, settle } from '../test/fake-timers.js';
import { FakePeerConnection } from '../test/fake-peer-connection.js';
import { FakeSocket } from '../test/fake-socket.js';
import { PeerCall, type Call, type Client } from './index.js';

let client: Client;
let server: FakeSocket;
let connection: FakePeerConnection;
let peer: PeerCall;
/** The call that set up the connection. */
let first: Call;
let rings: Call[];

beforeEach(async () => {
  fakeTimers();
  FakeSocket.reset();
  ({ client, server } = onlineAlice());
  rings = [];
  client.on('ring', (call) => rings.push(call));
  first = client.call('peer-bob');
  server.ack('call');
  server.say('accept', { call_id: first.id, peer_id: 'peer-bob' });
  await first.answered;
  connection = new FakePeerConnection();
  peer = new PeerCall(first, { createConnection: () => connection });
  await settle();
  bobSends(first.id, { description: { type: 'answer', sdp: 'answer' } });
  await settle();
  channel().open();
  await settle();
});
afterEach(async () => {
  const closed = peer.close();
  await pass(6_000);
  await closed;
  client.close();
  await settle();
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

const channel = () => {
  const [only] = connection.channels;
  if (!only) throw new Error('No channel was made.');
  return only;
};
const bobSends = (call_id: string, signal: object) => server.say('signal', { call_id, peer_id: 'peer-bob', signal });
const ring = (call_id: string, resumes: string, peer_id = 'peer-bob') =>
  server.say('ring', { call_id, peer_id, resumes });
/** The descriptions that this client sent in a call. */
const descriptions = (call_id: string) =>
  server.sent
    .filter(({ event, data }) => event === 'signal' && data['call_id'] === call_id)
    .map(({ data }) => data['signal']);
/** The network of one of the two peers is gone. The server still answers Alice. */
async function interrupt(): Promise<string> {
  connection.enter('disconnected');
  server.say('heartbeat', { ack: true });
  await settle();
  return String(server.lastOf('call').data['call_id']);
}

describe('An interrupted connection', () => {
  it('is restored through a call that resumes the first, with a restart of ICE', async () => {
    const id = await interrupt();
    expect([peer.state, server.lastOf('call').data]).toMatchObject([
      'interrupted',
      { peer_id: 'peer-bob', resumes: first.id },
    ]);
    server.ack('call');
    server.say('accept', { call_id: id, peer_id: 'peer-bob' });
    await settle();
    expect([connection.restarts, descriptions(id)]).toEqual([0, []]);
    bobSends(id, { resume: true });
    await settle();
    expect([connection.restarts, descriptions(id)]).toEqual([1, [{ description: { type: 'offer', sdp: 'offer 2' } }]]);
    bobSends(id, { description: { type: 'answer', sdp: 'answer' } });
    await pass(100);
    channel().confirm(0);
    expect(peer.state).toBe('open');
    await pass(1_100);
    expect(server.lastOf('established').data).toEqual({ call_id: id });
    expect([connection.channels.length, rings]).toEqual([1, []]);
  });

  it('ends with lost if the other side has ended it', async () => {
    const id = await interrupt();
    server.ack('call');
    server.say('reject', { call_id: id, peer_id: 'peer-bob', reason: 'declined' });
    expect(await peer.closed).toBe('lost');
  });

  it('calls again while the other side is offline, rings without an answer, or is lost', async () => {
    await interrupt();
    server.refuse('call', 'peer_offline');
    await pass(500);
    server.say('heartbeat', { ack: true });
    await settle();
    expect(server.countOf('call')).toBe(3);
    server.ack('call');
    await pass(5_000);
    expect(server.lastOf('hangup').data).toEqual({ call_id: server.lastOf('call').data['call_id'] });
    await pass(1_000);
    server.say('heartbeat', { ack: true });
    await settle();
    expect([server.countOf('call'), peer.state]).toEqual([4, 'interrupted']);
  });

  it('drops a connection to the server that does not answer within 3 s', async () => {
    connection.enter('disconnected');
    await pass(2_999);
    expect(client.state.name).toBe('online');
    await pass(1);
    expect([client.state.name, server.countOf('call')]).toEqual(['waiting', 1]);
  });

  it('is not resumed by a peer that accepts it as a new call', async () => {
    const id = await interrupt();
    server.ack('call');
    server.say('accept', { call_id: id, peer_id: 'peer-bob' });
    for (let second = 0; second < 12; second += 2) {
      server.say('heartbeat', { ack: true });
      await pass(2_000);
    }
    expect([connection.restarts, await peer.closed]).toEqual([0, 'lost']);
  });
});

describe('A side that resumes a connection', () => {
  /** A call of bob that Alice has accepted. */
  async function taken(): Promise<void> {
    ring('second-call', first.id);
    server.ack('accept');
    await settle();
  }

  it('waits for the end of the call with which the other side resumes it at the same time', async () => {
    connection.enter('disconnected');
    await taken();
    server.say('heartbeat', { ack: true });
    await pass(1_000);
    expect([server.countOf('call'), server.countOf('hangup')]).toEqual([1, 0]);
    server.say('hangup', { call_id: 'second-call', peer_id: 'peer-bob', reason: 'hangup' });
    server.say('heartbeat', { ack: true });
    await settle();
    expect(server.countOf('call')).toBe(2);
  });

  it('leaves no timer if the connection ends between two attempts, while a call of the other side is active', async () => {
    await interrupt();
    server.refuse('call', 'peer_offline');
    await settle();
    await taken();
    channel().close();
    client.close();
    await settle();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('offers again if its call ends before the answer', async () => {
    connection.need();
    server.say('heartbeat', { ack: true });
    await settle();
    const id = String(server.lastOf('call').data['call_id']);
    server.ack('call');
    server.say('accept', { call_id: id, peer_id: 'peer-bob' });
    bobSends(id, { resume: true });
    await settle();
    server.say('hangup', { call_id: id, peer_id: 'peer-bob', reason: 'peer_offline' });
    await pass(500);
    server.say('heartbeat', { ack: true });
    await settle();
    const next = String(server.lastOf('call').data['call_id']);
    expect(next).not.toBe(id);
    server.ack('call');
    server.say('accept', { call_id: next, peer_id: 'peer-bob' });
    bobSends(next, { resume: true });
    await settle();
    expect(descriptions(next)).toMatchObject([{ description: { type: 'offer' } }]);
  });
});

describe('A call that resumes a connection', () => {
  it('is accepted without a ring if the connection stands, and carries its signals', async () => {
    ring('second-call', first.id);
    expect(server.lastOf('accept').data).toEqual({ call_id: 'second-call' });
    server.ack('accept');
    await settle();
    expect(descriptions('second-call')).toEqual([{ resume: true }]);
    bobSends('second-call', { description: { type: 'offer', sdp: 'a restart' } });
    await settle();
    expect(connection.remoteDescription?.sdp).toBe('a restart');
    expect(descriptions('second-call')).toHaveLength(2);
    await pass(100);
    channel().confirm(0);
    await pass(1_100);
    expect([server.lastOf('established').data, rings]).toEqual([{ call_id: 'second-call' }, []]);
  });

  it.each([
    ['another peer', () => ring('second-call', first.id, 'peer-mallory')],
    ['an unknown call', () => ring('second-call', 'an-unknown-call')],
  ])('rings if it is of %s', async (_, rung) => {
    rung();
    await settle();
    expect([rings.map(({ id }) => id), server.countOf('accept')]).toEqual([['second-call'], 0]);
  });

  it('is rejected without a ring if this side has ended the connection', async () => {
    channel().close();
    await peer.closed;
    ring('second-call', first.id);
    expect(server.lastOf('reject').data).toEqual({ call_id: 'second-call', reason: 'declined' });
    expect(rings).toEqual([]);
  });
});

describe('A negotiation of an established connection', () => {
  it('goes through a call that resumes it', async () => {
    connection.need();
    server.say('heartbeat', { ack: true });
    await settle();
    expect([peer.state, server.lastOf('call').data]).toMatchObject(['open', { resumes: first.id }]);
    const id = String(server.lastOf('call').data['call_id']);
    server.ack('call');
    server.say('accept', { call_id: id, peer_id: 'peer-bob' });
    bobSends(id, { resume: true });
    await settle();
    expect(descriptions(id)).toEqual([{ description: { type: 'offer', sdp: 'offer 2' } }]);
    bobSends(id, { description: { type: 'answer', sdp: 'answer' } });
    await pass(100);
    channel().confirm(0);
    await pass(1_100);
    expect(server.lastOf('established').data).toEqual({ call_id: id });
  });
});

describe('A track that is added before the connection is open', () => {
  it.each([
    ['offer is not answered', true],
    ['offer is being made', false],
  ])('is negotiated through a call that resumes it, if its %s when the channel opens', async (_, isMade) => {
    const call = client.call('peer-bob');
    server.ack('call');
    server.say('accept', { call_id: call.id, peer_id: 'peer-bob' });
    await call.answered;
    const own = new FakePeerConnection();
    const other = new PeerCall(call, { createConnection: () => own });
    await settle();
    bobSends(call.id, { description: { type: 'answer', sdp: 'answer' } });
    await settle();
    own.need();
    if (isMade) await settle();
    own.channels[0]?.open();
    server.say('heartbeat', { ack: true });
    await settle();
    expect(server.lastOf('call').data).toMatchObject({ resumes: call.id });
    own.channels[0]?.close();
    await other.closed;
  });
});
