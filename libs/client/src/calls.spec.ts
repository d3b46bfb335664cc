import { describe, expect, it, jest } from '@jest/globals';
import { onlineAlice } from '../test/alice.js';
import { pass, settle } from '../test/fake-timers.js';
import { client, server, rings, lastCallId, serverSends, activeCall, useClient } from '../test/client-fixture.js';
import type { Call } from './index.js';

useClient();

describe('An outgoing call', () => {
  it('rings, is accepted, passes signals both ways in order, and ends after established()', async () => {
    const call = client.call('peer-bob');
    const states: string[] = [];
    call.on('state', (state) => states.push(state));
    expect(server.lastOf('call').data).toEqual({ peer_id: 'peer-bob', call_id: call.id });
    server.ack('call');
    await settle();
    serverSends('accept', call.id);
    expect(await call.answered).toBe('accepted');

    const done = call.signal({ a: 1 });
    expect(server.lastOf('signal').data).toEqual({ call_id: call.id, signal: { a: 1 } });
    server.ack('signal');
    expect(await done).toEqual({ ok: true });
    serverSends('signal', call.id, { signal: { b: 1 } });
    serverSends('signal', call.id, { signal: { b: 2 } });
    const signals: object[] = [];
    call.on('signal', (signal) => signals.push(signal));
    expect(signals).toEqual([{ b: 1 }, { b: 2 }]);

    void call.established();
    expect(server.lastOf('established').data).toEqual({ call_id: call.id });
    expect(await call.ended).toBe('established');
    expect(states).toEqual(['ringing', 'active', 'ended']);
    expect(await call.hangup()).toEqual({ ok: true });
    expect(server.countOf('hangup')).toBe(0);
  });

  it.each(['peer_offline', 'rate_limited', 'call_limit', 'unavailable', 'self_call'])(
    'ends with the error code of the server if the server refuses it: %s',
    async (code) => {
      const call = client.call('peer-bob');
      server.refuse('call', code);
      expect(await call.answered).toBe(code);
      expect(await call.ended).toBe(code);
    },
  );

  it.each(['declined', 'busy'])('ends when the callee rejects it: %s', async (reason) => {
    const call = client.call('peer-bob');
    server.ack('call');
    serverSends('reject', call.id, { reason });
    expect(await call.answered).toBe(reason);
  });

  it.each(['timeout', 'peer_offline'])('ends when the server sends hangup with %s', async (reason) => {
    const call = client.call('peer-bob');
    server.ack('call');
    serverSends('hangup', call.id, { reason });
    expect(await call.answered).toBe(reason);
  });

  it('ends with cancelled when the caller hangs up while it rings', async () => {
    const call = client.call('peer-bob');
    void call.hangup();
    expect(server.lastOf('hangup').data).toEqual({ call_id: call.id });
    expect(await call.answered).toBe('cancelled');
    expect(await call.ended).toBe('cancelled');
  });

  it('ends when either side hangs up, once active', async () => {
    const mine = await activeCall();
    void mine.hangup();
    expect(await mine.ended).toBe('hangup');
    const theirs = await activeCall();
    serverSends('hangup', theirs.id, { reason: 'hangup' });
    expect(await theirs.ended).toBe('hangup');
  });

  it('ends when the server does not respond in time, and sends hangup in case it rings at the callee', async () => {
    const call = client.call('peer-bob');
    await pass(8_000);
    expect(await call.answered).toBe('no_answer');
    expect(server.lastOf('hangup').data).toEqual({ call_id: call.id });
    await pass(8_000);
  });

  it('cannot be accepted by its caller, and continues after the attempt', async () => {
    const call = client.call('peer-bob');
    server.ack('call');
    expect(await call.accept()).toMatchObject({ ok: false, code: 'call_not_active' });
    expect([call.state, server.countOf('accept')]).toEqual(['ringing', 0]);
    serverSends('accept', call.id);
    expect(await call.answered).toBe('accepted');
  });

  it('ends with timeout if the server never ends the ringing', async () => {
    const call = client.call('peer-bob');
    server.ack('call');
    await pass(25_000);
    server.say('heartbeat', { ack: true });
    await pass(35_000);
    expect(await call.answered).toBe('timeout');
    server.ack('hangup');
  });

  it('ends in every state when the connection is lost, and settles all promises', async () => {
    const calling = client.call('peer-bob');
    const active = await activeCall();
    const signal = active.signal({});
    const contacts = client.addContacts(['peer-carol']);
    server.end(1006);
    expect(await Promise.all([calling.answered, calling.ended, active.ended])).toEqual(Array(3).fill('disconnected'));
    expect(await signal).toMatchObject({ ok: false, code: 'disconnected' });
    expect(await contacts).toMatchObject({ ok: false, code: 'disconnected' });
    expect(await client.call('peer-bob').answered).toBe('disconnected');
    expect(await active.signal({})).toMatchObject({ code: 'disconnected' });
  });
});

describe('An incoming call', () => {
  it('is ignored if its id is that of another call, or if there are 64 calls', async () => {
    const call = await activeCall();
    for (const id of [call.id, ...Array.from({ length: 70 }, (_, number) => `call-of-bob-${number}`)]) {
      server.say('ring', { call_id: id, peer_id: `peer-of-${id}` });
    }
    expect(rings).toHaveLength(63);
    serverSends('hangup', call.id, { reason: 'hangup' });
    expect(await call.ended).toBe('hangup');
  });

  it('rings and is accepted', async () => {
    serverSends('ring', 'call-of-bob');
    const [call] = rings;
    expect([call?.peerId, call?.role, call?.state]).toEqual(['peer-bob', 'callee', 'ringing']);
    const accepted = call?.accept();
    expect(server.lastOf('accept').data).toEqual({ call_id: 'call-of-bob' });
    // Bob may be quicker than the ack.
    serverSends('signal', 'call-of-bob', { signal: { early: true } });
    server.ack('accept');
    expect(await accepted).toEqual({ ok: true });
    expect(await call?.answered).toBe('accepted');
    const signals: object[] = [];
    call?.on('signal', (signal) => signals.push(signal));
    expect(signals).toEqual([{ early: true }]);
  });

  it('is kept until the application listens for ring', () => {
    const { client: quiet, server: other } = onlineAlice();
    other.say('ring', { call_id: 'call-of-bob', peer_id: 'peer-bob' });
    const heard: Call[] = [];
    quiet.on('ring', (call) => heard.push(call));
    expect(heard).toHaveLength(1);
    quiet.close();
  });

  it('is rejected with a reason', async () => {
    serverSends('ring', 'call-of-bob');
    const outcome = rings[0]?.reject('busy');
    expect(server.lastOf('reject').data).toEqual({ call_id: 'call-of-bob', reason: 'busy' });
    server.ack('reject');
    expect(await outcome).toEqual({ ok: true });
    expect(await rings[0]?.ended).toBe('busy');
  });

  it('ends when accept() fails', async () => {
    serverSends('ring', 'call-of-bob');
    const accepted = rings[0]?.accept();
    server.refuse('accept', 'call_not_found');
    expect(await accepted).toMatchObject({ ok: false, code: 'call_not_found' });
    expect(await rings[0]?.ended).toBe('call_not_found');
  });

  it('is accepted once if accept() is called several times', async () => {
    serverSends('ring', 'call-of-bob');
    const [first, second] = [rings[0]?.accept(), rings[0]?.accept()];
    server.ack('accept');
    expect([await first, await second]).toEqual([{ ok: true }, { ok: true }]);
    expect(await rings[0]?.accept()).toEqual({ ok: true });
    expect([rings[0]?.state, server.countOf('accept')]).toEqual(['active', 1]);
  });

  it.each(['before', 'after'])('is hung up if reject() is called %s accept() has completed', async (when) => {
    serverSends('ring', 'call-of-bob');
    void rings[0]?.accept();
    if (when === 'after') server.ack('accept');
    await settle();
    void rings[0]?.reject();
    expect([server.countOf('reject'), server.lastOf('hangup').data]).toEqual([0, { call_id: 'call-of-bob' }]);
    expect(rings[0]?.state).toBe('ended');
  });

  it.each(['undeliverable', 'unavailable'])(
    'is hung up if its accept failed with %s, because the caller may have received it',
    async (code) => {
      serverSends('ring', 'call-of-bob');
      const accepted = rings[0]?.accept();
      server.refuse('accept', code);
      expect(await accepted).toMatchObject({ ok: false, code });
      expect(await rings[0]?.ended).toBe(code);
      expect(server.lastOf('hangup').data).toEqual({ call_id: 'call-of-bob' });
    },
  );

  it.each(['cancelled', 'timeout', 'peer_offline'])('ends when the server sends hangup with %s', async (reason) => {
    serverSends('ring', 'call-of-bob');
    serverSends('hangup', 'call-of-bob', { reason });
    expect(await rings[0]?.answered).toBe(reason);
  });
});

describe('The ICE servers of a call', () => {
  const RELAY = { urls: ['turn:one.example:3478'], username: '1700000000:x', credential: 'y' };
  const STUN = { urls: ['stun:one.example:3478'] };

  it('reach the caller with accept', async () => {
    const call = client.call('peer-bob');
    server.ack('call');
    serverSends('accept', call.id, { ice_servers: [STUN, RELAY] });
    await call.answered;
    expect(call.iceServers).toEqual([STUN, RELAY]);
  });

  it('reach the callee with the ack of its accept, before accept() resolves', async () => {
    serverSends('ring', 'call-of-bob');
    const accepted = rings[0]?.accept();
    expect(rings[0]?.iceServers).toEqual([]);
    server.ack('accept', { ice_servers: [RELAY] });
    expect(await accepted).toEqual({ ok: true });
    expect(rings[0]?.iceServers).toEqual([RELAY]);
  });

  it('reach the callee before the signals that arrive together with them', async () => {
    serverSends('ring', 'call-of-bob');
    const seen: unknown[] = [];
    rings[0]?.on('signal', (signal) => seen.push([signal, rings[0]?.iceServers]));
    const accepted = rings[0]?.accept();
    server.ack('accept', { ice_servers: [RELAY] });
    for (const n of [1, 2]) serverSends('signal', 'call-of-bob', { signal: { n } });
    await accepted;
    expect(seen).toEqual([1, 2].map((n) => [{ n }, [RELAY]]));
  });

  it("are those of the other peer's call if that call wins a glare", async () => {
    const call = client.call('peer-bob');
    serverSends('ring', 'call-of-bob');
    serverSends('hangup', lastCallId(), { reason: 'glare' });
    server.ack('accept', { ice_servers: [RELAY] });
    await call.answered;
    expect(call.iceServers).toEqual([RELAY]);
  });

  it('are empty if the server offers none', async () => {
    const call = await activeCall();
    expect(call.iceServers).toEqual([]);
  });
});

describe('A signal', () => {
  it('that does not fit into a frame is not sent', async () => {
    const call = await activeCall();
    expect(await call.signal({ sdp: 'x'.repeat(65_000) })).toMatchObject({ ok: false, code: 'signal_too_long' });
    expect(server.countOf('signal')).toBe(0);
  });
});

describe('A call with an abort signal', () => {
  it('leaves no listener at the signal when it has ended', async () => {
    const { signal } = new AbortController();
    const removed = jest.spyOn(signal, 'removeEventListener');
    const call = client.call('peer-bob', { signal });
    void call.hangup();
    await settle();
    expect(removed).toHaveBeenCalledTimes(1);
  });
});

describe('Pending requests', () => {
  it('are limited to 256', async () => {
    const outcomes = Array.from({ length: 257 }, () => client.removeContacts(['peer-carol']));
    expect(await outcomes[256]).toMatchObject({ ok: false, code: 'rate_limited' });
    expect(server.countOf('contacts')).toBe(256);
  });
});
