import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '@white-rabbit/protocol';
import { callId, newIdentity, reportFigure, within, type Registration, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { refusal } from './answers.js';
import { BUSY_MS } from './settings.js';

/** The owner of a stolen key registers within this time. Milliseconds. */
const REGISTER_MS = 1_000 + BUSY_MS;

/** The default limits of docs/protocol.md: nothing is configured. */
const cluster = useCluster(2);

const limited = (event: string) => refusal('rate_limited', event, { retry_after_ms: expect.any(Number) });

describe('The signals of a session', () => {
  it('beyond the limit are answered rate_limited with a retry_after_ms of 1 s at most', async () => {
    const [alice, bob] = await cluster.pair();
    const call_id = await cluster.call(alice, bob);
    for (let n = 0; n < 330; n += 1) alice.send('signal', { call_id, signal: {} });
    const error = await alice.next('error');
    expect(error).toMatchObject(limited('signal'));
    expect(error.data.retry_after_ms).toBeGreaterThan(0);
    expect(error.data.retry_after_ms).toBeLessThanOrEqual(1_000);
  });
});

describe('300 signals of 60 KB at once', () => {
  const sdp = 'x'.repeat(60_000);
  /** Until the last is answered, on a busy machine. Milliseconds. */
  const ALL_MS = 30_000;
  const sends = (peer: TestPeer, call_id: string, onError?: () => void) =>
    Promise.all(
      Array.from({ length: LIMITS.signalBurst }, async (_, n) => {
        const answer = await peer.ask('signal', { call_id, signal: { n, sdp } }, ALL_MS);
        if (answer.event === 'error') onError?.();
        return answer;
      }),
    );

  it.each([0, 1])(
    'all arrive in order and have an ack (gateway %i)',
    async (at) => {
      const [alice, bob] = await cluster.pair(at);
      const call_id = await cluster.call(alice, bob);
      const answers = await sends(alice, call_id);
      expect(new Set(answers.map(({ event }) => event))).toEqual(new Set(['ack']));
      for (let n = 0; n < LIMITS.signalBurst; n += 1)
        expect((await bob.next('signal')).data.signal).toMatchObject({ n });
    },
    60_000,
  );

  it('close a client that does not read with 4002, and each has its outcome', async () => {
    const [alice, bob] = await cluster.pair();
    const call_id = await cluster.call(alice, bob);
    bob.socket.pause();
    const answers = await sends(alice, call_id, () => bob.socket.resume());
    const firstLost = answers.findIndex(({ event }) => event === 'error');
    expect(firstLost).toBeGreaterThan(0);
    expect(new Set(answers.slice(firstLost).map(({ event }) => event))).toEqual(new Set(['error']));
    await alice.roundTrip();
    expect((await bob.closed()).code).toBe(4002);
  }, 60_000);
});

describe('Signals and a hangup directly before a Close frame', () => {
  it('reach the other peer', async () => {
    const [alice, bob] = await cluster.pair();
    const call_id = await cluster.call(alice, bob);
    for (let n = 0; n < 100; n += 1) alice.send('signal', { call_id, signal: { n } });
    alice.send('hangup', { call_id });
    await alice.close();
    for (let n = 0; n < 100; n += 1) expect((await bob.next('signal')).data.signal).toEqual({ n });
    expect((await bob.next('hangup')).data).toMatchObject({ call_id, reason: 'hangup' });
  });
});

describe('The calls of a peer', () => {
  it('pass 30 times per minute, at all gateways together', async () => {
    const bob = await cluster.peer('bob', { at: 1 });
    const alice = await cluster.peer('alice');
    for (let n = 0; n < 15; n += 1) await ringOnce(alice, bob);
    const again = await cluster.connectAs(alice.identity, 1);
    await again.join();
    for (let n = 15; n < LIMITS.callsPerMinute; n += 1) await ringOnce(again, bob);
    const call = { peer_id: bob.peer_id, call_id: callId() };
    expect(await again.ask('call', call)).toMatchObject(limited('call'));
    const back = await cluster.connectAs(alice.identity, 0);
    await back.join();
    expect(await back.ask('call', call)).toMatchObject(limited('call'));
    // Bob's calls are not limited.
    await ringOnce(bob, back);
  });

  async function ringOnce(caller: TestPeer, callee: TestPeer): Promise<void> {
    const call_id = await cluster.ring(caller, callee);
    await callee.ask('reject', { call_id });
    await caller.next('reject');
  }
});

describe('The registers of a peer', () => {
  it('pass 20 times per minute, at all gateways together; then they close with 4003', async () => {
    const identity = await cluster.identity('alice');
    for (let n = 0; n < LIMITS.registersPerMinute; n += 1) {
      await (await cluster.connectAs(identity, n % 2)).join();
    }
    for (const at of [0, 1]) {
      const late = await cluster.connectAs(identity, at);
      expect(await late.ask('register', identity)).toMatchObject(limited('register'));
      const { code, reason } = await late.closed();
      expect([code, reason]).toEqual([4003, expect.stringMatching(/^retry_after_ms=\d+$/)]);
    }
  });

  it('are not limited by other devices that try its peer_id', async () => {
    const alice = await cluster.peer('alice');
    for (let n = 0; n < LIMITS.registersPerMinute + 5; n += 1) {
      const mallory = await cluster.connect('mallory', { at: n % 2 });
      const answer = await mallory.ask('register', { ...mallory.identity, peer_id: alice.peer_id });
      expect(answer).toMatchObject(refusal('peer_id_taken', 'register'));
    }
    await (await cluster.connectAs(alice.identity, 1)).join();
  });

  it('are limited for each key if they are refused', async () => {
    const alice = await cluster.peer('alice');
    const codes = new Set<string>();
    for (let tries = 0; tries < 200 && !codes.has('rate_limited'); tries += 20) {
      const thieves = Array.from({ length: 20 }, () => ({ ...newIdentity('thief'), license_key: alice.license_key }));
      for (const code of await Promise.all(thieves.map((thief) => refusalOf(thief, 0)))) codes.add(code);
    }
    expect(codes).toEqual(new Set(['license_device_limit', 'rate_limited']));
    // Other keys are not affected, nor is the open session, nor the device that the key is bound to.
    await cluster.peer('bob');
    await alice.roundTrip();
    for (const at of [0, 1]) await ownerRegisters(alice, at);
  });

  it('do not lock out the owner of a key if another device is refused repeatedly, at a gateway without a record of the owner', async () => {
    const alice = await cluster.peer('alice');
    const thief = { ...newIdentity('thief'), license_key: alice.license_key };
    const codes: string[] = [];
    // Some at once, because they all have to come within a minute.
    for (let n = 0; n < 120; n += 12)
      codes.push(...(await Promise.all(Array.from({ length: 12 }, () => refusalOf(thief, 1)))));
    expect(codes).toEqual(Array(120).fill('license_device_limit'));
    expect(await refusalOf(thief, 1)).toBe('rate_limited');
    await ownerRegisters(alice, 1);
  });
});

/** The code with which the gateway refuses this register. */
async function refusalOf(registration: Registration, at: number): Promise<string> {
  const { text } = await (await cluster.connectAs(registration, at)).ask('register', registration);
  return /"code":"(\w+)"/.exec(text)?.[1] ?? '';
}

async function ownerRegisters({ identity }: TestPeer, at: number): Promise<void> {
  const start = performance.now();
  await within('the owner registers', REGISTER_MS, (await cluster.connectAs(identity, at)).join());
  reportFigure('the owner of a stolen key registered after', Math.round(performance.now() - start), 'ms', {
    atMost: REGISTER_MS,
  });
}
