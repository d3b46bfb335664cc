import { setInterval as every } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { callId, eventually, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { ACK, presenceOf, refusal } from './answers.js';
import { BUSY_MS, GENEROUS } from './settings.js';

const cluster = useCluster(2, { env: GENEROUS, breakable: true });
afterEach(() => recovered());

/** Time from the return of a back end until the service has recovered. Milliseconds. */
const RECOVERY_MS = 10_000;

/**
 * The same if connections stayed open but dead: a probe detects each of them within 10 s, and it is then replaced.
 * Milliseconds.
 */
const RECOVERY_FROM_SILENCE_MS = 20_000;

/** Waits until all gateways are ready. */
async function recovered(deadlineMs = RECOVERY_MS): Promise<void> {
  for (const gateway of cluster.gateways) {
    await eventually('the gateway is ready', async () => (await gateway.health('readyz')) === 200, {
      deadlineMs,
    });
  }
}

/** Whether a call from one peer to the other rings; the caller then hangs up. */
async function reaches(caller: TestPeer, callee: TestPeer): Promise<boolean> {
  const call_id = callId();
  const answer = await caller.ask('call', { peer_id: callee.peer_id, call_id });
  if (answer.event === 'ack') await caller.ask('hangup', { call_id });
  return answer.event === 'ack';
}

describe('A Redis that is killed and restarts without data', () => {
  it('costs no socket and no signal its outcome; presence is correct 10 s later', async () => {
    const [alice, bob] = await cluster.pair(1);
    const carol = await cluster.peer('carol', { contacts: [alice.peer_id, bob.peer_id] });
    const goes = await cluster.peer('goes', { at: 1 });
    await carol.ask('contacts', { add: [goes.peer_id] });
    await carol.next('presence');
    const call_id = await cluster.call(alice, bob);

    const outcomes: string[] = [];
    const asked: Promise<void>[] = [];
    const start = performance.now();
    let phase = 'up';
    let n = 0;
    for await (const _ of every(20)) {
      const now = performance.now() - start;
      if (phase === 'up' && now > 500) {
        phase = 'killed';
        await cluster.faults.redis.kill();
        goes.socket.terminate();
      }
      if (phase === 'killed' && now > 2_500) {
        phase = 'back';
        await cluster.faults.redis.restartEmpty();
      }
      const isOver = outcomes.at(-1) === 'ack' || now > 2_500 + RECOVERY_MS + BUSY_MS;
      if (now > 6_000 && phase === 'back' && isOver) break;
      const number = n;
      n += 1;
      const outcome = alice.ask('signal', { call_id, signal: { n: number } });
      asked.push(
        outcome.then(({ event, text }) => {
          outcomes[number] = event === 'ack' ? 'ack' : text;
        }),
      );
    }
    await Promise.all(asked);
    await recovered();
    await eventually('they reach each other', () => reaches(alice, bob), { deadlineMs: RECOVERY_MS, everyMs: 200 });
    await bob.roundTrip();

    // Each signal has one outcome. Acknowledged signals have arrived; no signal has arrived twice or out of order.
    expect(outcomes.filter((outcome) => outcome !== 'ack' && !/undeliverable|unavailable/.test(outcome))).toEqual([]);
    const arrived = bob.unread.flatMap(({ event, data }) =>
      event === 'signal' && 'signal' in data ? [Number(data.signal['n'])] : [],
    );
    expect(arrived).toEqual([...new Set(arrived)].sort((a, b) => a - b));
    const acknowledged = outcomes.flatMap((outcome, index) => (outcome === 'ack' ? [index] : []));
    expect(acknowledged.filter((number) => !arrived.includes(number))).toEqual([]);
    expect(outcomes.at(-1)).toBe('ack');

    expect(await carol.next('presence', RECOVERY_MS)).toMatchObject(presenceOf(goes.peer_id, 'OFFLINE'));
    await carol.expectNothing('presence');
    const dave = await cluster.peer('dave', { contacts: [alice.peer_id, bob.peer_id] });
    const { data } = await dave.next('presence');
    expect(data.peers.map(({ status }) => status)).toEqual(['ONLINE', 'ONLINE']);
    for (const peer of [alice, bob, carol]) expect(peer.socket.readyState).toBe(peer.socket.OPEN);
  });
});

describe('Unavailable Redis', () => {
  it.each([
    ['refuses connections', () => cluster.faults.redisProxy.reset(), RECOVERY_MS],
    ['answers nothing', () => cluster.faults.redisProxy.blackhole(), RECOVERY_FROM_SILENCE_MS],
  ] as const)(
    '(it %s) leaves calls between peers of one gateway possible; other peers are unavailable at once',
    async (_, breakIt, recoveryMs) => {
      const [alice, bob] = await cluster.pair();
      const carol = await cluster.peer('carol', { at: 1 });
      const near = await cluster.call(alice, bob);
      const far = await cluster.call(alice, carol);
      breakIt();
      for (const gateway of cluster.gateways) {
        await eventually('it is not ready', async () => (await gateway.health('readyz')) === 503, {
          deadlineMs: 12_000,
        });
        expect(await gateway.health('livez')).toBe(200);
      }

      expect(await alice.ask('signal', { call_id: near, signal: {} }, 2_000 + BUSY_MS)).toMatchObject(ACK);
      expect(await alice.ask('signal', { call_id: far, signal: {} }, 2_000 + BUSY_MS)).toMatchObject(
        refusal('unavailable', 'signal'),
      );
      expect(await reaches(alice, bob)).toBe(true);
      const call = { peer_id: carol.peer_id, call_id: callId() };
      expect(await alice.ask('call', call, 2_000 + BUSY_MS)).toMatchObject(refusal('unavailable', 'call'));
      const late = await cluster.connect('late');
      const answer = await late.ask('register', late.identity);
      expect(answer).toMatchObject(refusal('unavailable', 'register', { retry_after_ms: expect.any(Number) }));
      expect(await late.closed()).toMatchObject({ code: 4005, reason: expect.stringMatching(/^retry_after_ms=\d+$/) });
      // Peers of the same gateway see a peer go OFFLINE now; all others see it when Redis is back.
      const watcher = await gone(alice, bob);
      cluster.faults.redisProxy.pass();
      await recovered(recoveryMs);
      await eventually('they reach each other', () => reaches(watcher, carol), {
        deadlineMs: RECOVERY_MS,
        everyMs: 200,
      });
      const dave = await cluster.peer('dave', { at: 1, contacts: [bob.peer_id, alice.peer_id] });
      const seen = new Map((await dave.next('presence')).data.peers.map(({ peer_id, status }) => [peer_id, status]));
      expect(seen).toEqual(
        new Map([
          [bob.peer_id, 'OFFLINE'],
          [alice.peer_id, 'ONLINE'],
        ]),
      );
    },
  );

  async function gone(watcher: TestPeer, goes: TestPeer): Promise<TestPeer> {
    await goes.close();
    expect((await watcher.next('hangup')).data).toMatchObject({ reason: 'peer_offline' });
    return watcher;
  }
});

describe('A Redis that is paused for 5 s', () => {
  it('causes no duplicate and no wait longer than 5 s', async () => {
    const [alice, bob] = await cluster.pair(1);
    const call_id = await cluster.call(alice, bob);
    cluster.faults.redis.pause();
    const asked: Promise<{ event: string; text: string }>[] = [];
    const start = performance.now();
    for await (const _ of every(100)) {
      if (performance.now() - start > 5_000) break;
      asked.push(alice.ask('signal', { call_id, signal: { n: asked.length } }));
    }
    cluster.faults.redis.resume();
    // `ask` itself fails after the time in which an outcome is due.
    const outcomes = await Promise.all(asked);
    await recovered();
    await eventually('they reach each other', () => reaches(alice, bob), { deadlineMs: RECOVERY_MS, everyMs: 200 });
    await bob.roundTrip();
    const arrived = bob.unread.flatMap(({ event, data }) =>
      event === 'signal' && 'signal' in data ? [Number(data.signal['n'])] : [],
    );
    expect(arrived).toEqual([...new Set(arrived)].sort((a, b) => a - b));
    const acknowledged = outcomes.flatMap(({ event }, index) => (event === 'ack' ? [index] : []));
    expect(acknowledged.filter((number) => !arrived.includes(number))).toEqual([]);
    // A client may send a signal again if the outcome was `unavailable`.
    const unsent = outcomes.flatMap(({ text }, index) => (text.includes('"unavailable"') ? [index] : []));
    expect(unsent.length).toBeGreaterThan(0);
    expect(unsent.filter((number) => arrived.includes(number))).toEqual([]);
  });
});

describe('Unavailable PostgreSQL', () => {
  it.each([
    ['refuses connections', () => cluster.faults.postgresProxy.reset()],
    ['answers nothing', () => cluster.faults.postgresProxy.blackhole()],
  ] as const)('(it %s) refuses only new clients, with license_unavailable within 3 s', async (_, breakIt) => {
    const [alice, bob] = await cluster.pair(1);
    const call_id = await cluster.call(alice, bob);
    const newClients = await Promise.all([0, 1].map((at) => cluster.connect('late', { at })));
    breakIt();
    await Promise.all(
      newClients.map(async (late) => {
        const answer = await late.ask('register', late.identity, 3_000 + BUSY_MS);
        expect(answer).toMatchObject(
          refusal('license_unavailable', 'register', { retry_after_ms: expect.any(Number) }),
        );
        const reason = expect.stringMatching(/^retry_after_ms=\d+$/);
        expect(await late.closed()).toMatchObject({ code: 4004, reason });
      }),
    );
    expect(await alice.ask('signal', { call_id, signal: {} })).toMatchObject(ACK);
    expect(await alice.ask('contacts', { add: [bob.peer_id] })).toMatchObject(presenceOf(bob.peer_id, 'ONLINE'));
    expect(await reaches(alice, bob)).toBe(true);

    cluster.faults.postgresProxy.pass();
    const [first] = newClients;
    await eventually(
      'new clients register',
      async () => {
        const again = await cluster.connectAs(first?.identity ?? alice.identity);
        return (await again.ask('register', again.identity)).event === 'registered';
      },
      { deadlineMs: RECOVERY_MS, everyMs: 500 },
    );
  });
});
