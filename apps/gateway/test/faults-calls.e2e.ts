import { setInterval as every, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { callId, eventually, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { ACK, refusal } from './answers.js';
import { BUSY_MS, GENEROUS, NODE_LOSS_MS } from './settings.js';

/** One call per session, so that a call that did not end blocks the next one. */
const cluster = useCluster(2, { env: { ...GENEROUS, WR_MAX_CALLS: '1' }, breakable: true });
afterEach(() => recovered());

/** A call whose other end is gone ends within this time when the gateways can reach each other again. Milliseconds. */
const END_MS = 5_000 + BUSY_MS;
/** Duration of the faults. Milliseconds. */
const OUTAGE_MS = 10_000;
const STOP_MS = 20_000;
/**
 * Time from the return of a back end until all gateways are ready again, whatever the fault of its connections.
 * Milliseconds.
 */
const RECOVERY_MS = 20_000;

/** Waits until all gateways are ready. */
async function recovered(): Promise<void> {
  for (const gateway of cluster.gateways) {
    await eventually('the gateway is ready', async () => (await gateway.health('readyz')) === 200, {
      deadlineMs: RECOVERY_MS,
    });
  }
}

/** A caller at one gateway and a callee at the other, in a call that is active or ringing. */
async function inCall(state: 'active' | 'ringing', places: readonly [number, number] = [0, 1]) {
  const [caller, callee] = await Promise.all(places.map((at) => cluster.peer('side', { at })));
  if (!caller || !callee) throw new Error('There are two.');
  const call_id = await (state === 'active' ? cluster.call(caller, callee) : cluster.ring(caller, callee));
  return { caller, callee, call_id };
}

/** Expects that each remaining peer of a call is notified by then that the other is gone, and can be called again. */
async function expectEnded(left: readonly { peer: TestPeer; call_id: string }[], deadlineMs: number): Promise<void> {
  const end = performance.now() + deadlineMs;
  await Promise.all(
    left.map(async ({ peer, call_id }) => {
      const { data } = await peer.next('hangup', Math.max(1, end - performance.now()));
      expect(data).toMatchObject({ call_id, reason: 'peer_offline' });
    }),
  );
  // A new call looks up its callee: the gateways must have their leases again.
  await recovered();
  const caller = await cluster.peer('again');
  for (const { peer } of left) {
    const again = await cluster.ring(caller, peer);
    expect(await caller.ask('hangup', { call_id: again })).toMatchObject(ACK);
    expect((await peer.next('hangup')).data).toMatchObject({ call_id: again, reason: 'cancelled' });
  }
}

describe('Calls whose callers vanish while Redis is unavailable for 10 s', () => {
  it.each(['refuses connections', 'answers nothing'] as const)(
    '(it %s) end for their callees within 5 s of its return; an established call does not end',
    async (how) => {
      const { redisProxy } = cluster.faults;
      const states = ['active', 'active', 'active', 'ringing', 'ringing'] as const;
      const calls = await Promise.all(states.map((state) => inCall(state)));
      const [alice, bob] = await cluster.pair(1);
      const established = await cluster.call(alice, bob);
      for (const side of [alice, bob])
        expect(await side.ask('established', { call_id: established })).toMatchObject(ACK);

      if (how === 'refuses connections') redisProxy.reset();
      else redisProxy.blackhole();
      await Promise.all(calls.map(({ caller }) => caller.close()));
      await sleep(OUTAGE_MS);
      redisProxy.pass();
      // A connection that died silently must be detected first: no notification can be sent earlier.
      if (how === 'answers nothing') await recovered();
      await expectEnded(
        calls.map(({ callee, call_id }) => ({ peer: callee, call_id })),
        END_MS,
      );
      for (const side of [alice, bob]) await side.expectNothing('hangup');
    },
  );
});

describe('A gateway that is paused for 20 s and resumes', () => {
  it('is notified which of its calls are gone; an established call is not among them', async () => {
    await cluster.add();
    const at = cluster.gateways.length - 1;
    const [vanishes, stays, rings, called] = await Promise.all([
      inCall('active', [0, at]),
      inCall('active', [1, at]),
      inCall('ringing', [0, at]),
      inCall('active', [at, 1]),
    ]);
    const [alice, bob] = await Promise.all([cluster.peer('alice'), cluster.peer('bob', { at })]);
    const established = await cluster.call(alice, bob);
    for (const side of [alice, bob]) expect(await side.ask('established', { call_id: established })).toMatchObject(ACK);

    cluster.gateway(at).pause();
    const resumes = sleep(STOP_MS);
    await vanishes.caller.close();
    for (const { peer, call_id } of [
      { peer: stays.caller, call_id: stays.call_id },
      { peer: rings.caller, call_id: rings.call_id },
      { peer: called.callee, call_id: called.call_id },
    ])
      expect((await peer.next('hangup', NODE_LOSS_MS)).data).toMatchObject({ call_id, reason: 'peer_offline' });
    await resumes;
    cluster.gateway(at).resume();

    await expectEnded(
      [vanishes, stays, rings].map(({ callee, call_id }) => ({ peer: callee, call_id })),
      END_MS,
    );
    await expectEnded([{ peer: called.caller, call_id: called.call_id }], END_MS);
    for (const side of [alice, bob]) await side.expectNothing('hangup');
  });

  it('accepts no ring and no signal whose sender was already notified of a failure', async () => {
    // This includes a gateway that sends to it for the first time while it is paused.
    const [at, other] = [cluster.gateways.length, cluster.gateways.length + 1];
    await Promise.all([cluster.add(), cluster.add()]);
    const { caller, callee, call_id } = await inCall('active', [0, at]);
    const callees = await Promise.all(['rung', 'rung'].map((name) => cluster.peer(name, { at })));
    const callers = await Promise.all([0, other].map((place) => cluster.peer('rings', { at: place })));
    expect(await caller.ask('signal', { call_id, signal: { n: 0 } })).toMatchObject(ACK);

    const pausedAt = performance.now();
    cluster.gateway(at).pause();
    /** The time at which the sender of each signal was notified that the signal may not have arrived. */
    const refusedAt = new Map<number, number>();
    const asked: Promise<void>[] = [];
    const rings = callers.map((peer, index) => {
      return peer.ask('call', { peer_id: callees[index]?.peer_id, call_id: callId() });
    });
    // Shorter than the time after which the gateway counts as dead.
    for await (const _ of every(50)) {
      const n = asked.length + 1;
      if (performance.now() - pausedAt > 6_000) break;
      asked.push(
        caller.ask('signal', { call_id, signal: { n } }).then((answer) => {
          if (answer.event === 'error') refusedAt.set(n, performance.now());
        }),
      );
    }
    for (const ring of await Promise.all(rings)) expect(ring).toMatchObject(refusal('undeliverable', 'call'));
    const resumedAt = performance.now();
    cluster.gateway(at).resume();
    await Promise.all(asked);
    await eventually('signals arrive again', async () => {
      return (await caller.ask('signal', { call_id, signal: { n: 1_000 } })).event === 'ack';
    });
    for (const peer of [callee, ...callees]) await peer.roundTrip();

    const received = callee.unread.flatMap(({ event, data }) =>
      event === 'signal' && 'signal' in data ? [Number(data.signal['n'])] : [],
    );
    const givenUp = [...refusedAt].filter(([, ms]) => ms < resumedAt).map(([n]) => n);
    expect(givenUp.length).toBeGreaterThan(20);
    expect(givenUp.filter((n) => received.includes(n))).toEqual([]);
    for (const peer of callees) await peer.expectNothing('ring');
  });
});

describe('A gateway whose clock jumps by a day', () => {
  it.each([86_400_000, -86_400_000])('(by %i ms) still exchanges signals with the others', async (ms) => {
    const jump = `const now=Date.now;let by=0;setTimeout(()=>{by=${ms}},3000).unref();Date.now=()=>now()+by`;
    const startedAt = performance.now();
    await cluster.add({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(jump)}` });
    const { caller, callee, call_id } = await inCall('active', [0, cluster.gateways.length - 1]);
    let sent = 0;
    for await (const _ of every(200)) {
      for (const side of [caller, callee]) {
        expect(await side.ask('signal', { call_id, signal: { n: (sent += 1) } })).toMatchObject(ACK);
      }
      if (performance.now() - startedAt > 5_000) break;
    }
    for (const side of [caller, callee]) await side.roundTrip();
    expect([caller, callee].map(({ unread }) => unread.filter(({ event }) => event === 'signal').length)).toEqual([
      sent / 2,
      sent / 2,
    ]);
  });
});
