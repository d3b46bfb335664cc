import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, within } from '@white-rabbit/testing';
import { ALICE } from '../test/alice.js';
import { FakeSocket, type SentFrame } from '../test/fake-socket.js';
import { connect, createIdentity, PeerKey, type Call, type Client } from './index.js';
import { DONE } from './outcome.js';
import { SealedSignals } from './seal/sealed-signals.js';
import type { Role } from './seal/seal-key.js';

const CALL_ID = 'call-of-bob';

let client: Client;
let server: FakeSocket;
let aliceId: string;
let bobKey: PeerKey;
let bob: SealedSignals | undefined;
let received: object[];

beforeEach(async () => {
  FakeSocket.reset();
  const identity = await createIdentity();
  aliceId = identity.peerId;
  bobKey = await PeerKey.generate();
  received = [];
  client = connect({ ...ALICE, ...identity });
  server = FakeSocket.last.register();
});
afterEach(() => {
  bob?.stop();
  client.close();
});

const signals = (): SentFrame[] => server.sent.filter(({ event }) => event === 'signal');
const say = (signal: object, call_id = CALL_ID): void =>
  server.say('signal', { call_id, peer_id: bobKey.peerId, signal });

/** Bob's side of the call. The test relays what Alice sends, `send` relays what he sends. */
function bobOf(callId: string, role: Role): SealedSignals {
  const [caller, callee] = role === 'caller' ? [bobKey.peerId, aliceId] : [aliceId, bobKey.peerId];
  bob = new SealedSignals(bobKey, { callId, caller, callee }, role, {
    send: (signal) => {
      say(signal, callId);
      return Promise.resolve(DONE);
    },
    onSignal: (signal) => received.push(signal),
    onVerified: () => undefined,
    onFault: () => undefined,
  });
  return bob;
}

/** Gives Bob all signals that Alice sends, as soon as there are `count`. */
async function relay(count: number, from = 0): Promise<void> {
  await eventually(`${count} signals`, () => signals().length >= count);
  for (const { data } of signals().slice(from)) await bob?.take(data['signal'] as object);
}

/** A call of Bob, and the ring at Alice. */
async function ringOfBob(): Promise<Call> {
  const ring = new Promise<Call>((resolve) => client.on('ring', resolve));
  server.say('ring', { call_id: CALL_ID, peer_id: bobKey.peerId });
  return within('a ring', 1_000, ring);
}

/** An accepted call of Bob whose keys are exchanged. */
async function sealedCall(): Promise<Call> {
  const call = await ringOfBob();
  void call.accept();
  bobOf(CALL_ID, 'caller');
  server.ack('accept');
  await relay(1);
  await eventually('the call is sealed', () => call.isSealed);
  return call;
}

describe('A call between two peers with keys', () => {
  it('sends the key of the callee directly behind its accept, without waiting for the ack', async () => {
    const call = await ringOfBob();
    void call.accept();
    await eventually('a key', () => signals().length === 1);
    expect(server.sent.map(({ event }) => event).slice(-2)).toEqual(['accept', 'signal']);
    expect(server.lastOf('signal').data).toMatchObject({
      call_id: CALL_ID,
      signal: { seal: { key: expect.stringMatching(/^[\w-]{43}$/), signature: expect.stringMatching(/^[\w-]{86}$/) } },
    });
    expect([call.isSealed, call.fingerprint]).toEqual([false, undefined]);
  });

  it('seals and opens the signals of the application in both directions', async () => {
    const call = client.call(bobKey.peerId);
    server.ack('call');
    server.say('accept', { call_id: call.id, peer_id: bobKey.peerId });
    const heard: object[] = [];
    call.on('signal', (signal) => heard.push(signal));
    const side = bobOf(call.id, 'callee');
    void call.signal({ hello: 'bob' });
    await relay(1);
    await relay(2, 1);
    void side.send({ hello: 'alice' });
    await eventually('an answer', () => heard.length === 1);
    expect([received, heard]).toEqual([[{ hello: 'bob' }], [{ hello: 'alice' }]]);
    expect(JSON.stringify(signals())).not.toContain('hello');
    expect(call.isSealed).toBe(true);
    expect(call.fingerprint).toMatch(/^(\w{5}-){5}\w{5}$/);
  });

  it.each<[string, (side: SealedSignals) => unknown, string]>([
    ['is not sealed', () => say({ description: { type: 'offer', sdp: 'mine' } }), 'seal_missing'],
    ['does not open', () => say({ sealed: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAA' }), 'seal_broken'],
  ])('is hung up at a signal that %s, and the application does not see it', async (_, attack, why) => {
    const call = await sealedCall();
    const heard: object[] = [];
    call.on('signal', (signal) => heard.push(signal));
    if (bob) attack(bob);
    expect(await within('the end', 2_000, call.ended)).toBe(why);
    expect([server.countOf('hangup'), heard]).toEqual([1, []]);
  });

  it('takes no signal before it is accepted', async () => {
    const call = await ringOfBob();
    const heard: object[] = [];
    call.on('signal', (signal) => heard.push(signal));
    say({ description: { type: 'offer', sdp: 'mine' } });
    expect(await call.signal({ early: true })).toMatchObject({ ok: false, code: 'call_not_active' });
    expect([heard, signals()]).toEqual([[], []]);
  });

  it('sends established behind the signals that were given before it', async () => {
    const call = await sealedCall();
    void call.signal({ last: 'candidate' });
    void call.established();
    expect(await call.ended).toBe('established');
    await eventually('established is sent', () => server.countOf('established') === 1);
    expect(server.sent.map(({ event }) => event).slice(-2)).toEqual(['signal', 'established']);
    await relay(2, 1);
    expect(received).toEqual([{ last: 'candidate' }]);
  });

  it.each(['undeliverable', 'rate_limited', 'unavailable'])(
    'ends with %s if the server could not deliver a sealed signal',
    async (code) => {
      const call = await sealedCall();
      void call.signal({ lost: true });
      await eventually('it is sent', () => signals().length === 2);
      server.refuse('signal', code);
      expect(await within('the end', 2_000, call.ended)).toBe(code);
      expect(server.countOf('hangup')).toBe(1);
    },
  );

  it('does not end if the other side has established the call before it', async () => {
    const call = await sealedCall();
    const sent = call.signal({ late: true });
    await eventually('it is sent', () => signals().length === 2);
    server.refuse('signal', 'call_not_found');
    expect(await sent).toMatchObject({ code: 'call_not_found' });
    expect(call.state).toBe('active');
  });

  it('leaves no timer if it is accepted after it has ended', async () => {
    const call = await ringOfBob();
    server.say('hangup', { call_id: CALL_ID, peer_id: bobKey.peerId, reason: 'cancelled' });
    void call.accept();
    server.refuse('accept', 'call_not_found');
    expect(await call.ended).toBe('cancelled');
    expect(signals()).toEqual([]);
  });
});

describe('A call with a peer without a key', () => {
  it('is not sealed', async () => {
    const call = client.call('peer-bob');
    server.ack('call');
    server.say('accept', { call_id: call.id, peer_id: 'peer-bob' });
    await call.answered;
    void call.signal({ hello: 'bob' });
    expect(server.lastOf('signal').data['signal']).toEqual({ hello: 'bob' });
    expect([call.isSealed, call.fingerprint]).toEqual([false, undefined]);
  });
});
