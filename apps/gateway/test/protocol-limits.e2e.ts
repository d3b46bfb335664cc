import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '@white-rabbit/protocol';
import { callId, newIdentity, type TestPeer } from '@white-rabbit/testing';
import { refusal } from './answers.js';
import { onStage } from './on-stage.js';

/** As PROTOCOL.md has them: nothing is set. */
const stage = onStage(2);

const limited = (event: string) => refusal('rate_limited', event, { retry_after_ms: expect.any(Number) });

/** Sends `count` frames with refs and resolves with the events of their answers, in order. */
async function answers(player: TestPeer, count: number, event: string, data: object): Promise<string[]> {
  for (let n = 0; n < count; n += 1) player.send(event, data, `n${n}`);
  const kinds: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const { event: kind, text } = await player.answer(`n${n}`);
    kinds.push(text.includes('rate_limited') ? 'rate_limited' : kind);
  }
  return kinds;
}

const among = (kinds: readonly string[], kind: string) => kinds.filter((each) => each === kind).length;

/**
 * Runs the flood and resolves with what came of it and how many frames may have passed at the most: a slow machine gives
 * the bucket time to fill again, and what that adds is counted, not guessed.
 */
async function timed<T>(perSecond: number, burst: number, flood: () => Promise<T>): Promise<{ came: T; most: number }> {
  const startMs = performance.now();
  const came = await flood();
  return { came, most: burst + Math.ceil(((performance.now() - startMs) / 1_000) * perSecond) };
}

describe('Signals', () => {
  it('pass 300 at once, then 50 a second; those beyond are dropped and answered rate_limited', async () => {
    const [alice, bob] = await stage.pair(1);
    const call_id = await stage.call(alice, bob);
    const { came: kinds, most } = await timed(LIMITS.signalsPerSecond, LIMITS.signalBurst, () =>
      answers(alice, 390, 'signal', { call_id, signal: {} }),
    );
    const passed = among(kinds, 'ack');
    expect(passed).toBeGreaterThanOrEqual(LIMITS.signalBurst);
    expect(passed).toBeLessThanOrEqual(most);
    expect(among(kinds, 'rate_limited')).toBe(390 - passed);
    expect(await bob.ask('heartbeat', {})).toBeDefined();
    expect(bob.unread.filter(({ event }) => event === 'signal')).toHaveLength(passed);
    await alice.roundTrip();
  });

  it('tell when to come back', async () => {
    const [alice, bob] = await stage.pair();
    const call_id = await stage.call(alice, bob);
    for (let n = 0; n < 330; n += 1) alice.send('signal', { call_id, signal: {} });
    const error = await alice.next('error');
    expect(error).toMatchObject(limited('signal'));
    expect(error.data.retry_after_ms).toBeGreaterThan(0);
    expect(error.data.retry_after_ms).toBeLessThanOrEqual(1_000);
  });
});

describe('Other events', () => {
  it('pass 50 at once, then 10 a second', async () => {
    const alice = await stage.player('alice');
    const { came: kinds, most } = await timed(LIMITS.eventsPerSecond, LIMITS.eventBurst, () =>
      answers(alice, 120, 'contacts', {}),
    );
    const passed = among(kinds, 'presence');
    // Its `register` was the first of the burst.
    expect(passed).toBeGreaterThanOrEqual(LIMITS.eventBurst - 1);
    expect(passed).toBeLessThanOrEqual(most);
    expect(among(kinds, 'rate_limited')).toBe(120 - passed);
  });

  it('do not use up what is for signals', async () => {
    const [alice, bob] = await stage.pair();
    const call_id = await stage.call(alice, bob);
    await answers(alice, 80, 'contacts', {});
    expect(await alice.ask('signal', { call_id, signal: {} })).toMatchObject({ event: 'ack' });
  });

  it('beyond the limit 100 times in a minute close the session with 4003', async () => {
    const alice = await stage.player('alice');
    for (let n = 0; n < 400; n += 1) alice.send('contacts', {});
    expect(await alice.closed()).toMatchObject({ code: 4003 });
    expect(alice.unread.filter(({ event }) => event === 'error').length).toBeGreaterThanOrEqual(99);
  });
});

describe('call', () => {
  it('passes 30 times a minute for a peer, at all gateways together', async () => {
    const bob = await stage.player('bob', { at: 1 });
    const alice = await stage.player('alice');
    for (let n = 0; n < 15; n += 1) await ringOnce(alice, bob);
    const again = await stage.socketOf(alice.identity, 1);
    await again.join();
    for (let n = 15; n < LIMITS.callsPerMinute; n += 1) await ringOnce(again, bob);
    const call = { peer_id: bob.peer_id, call_id: callId() };
    expect(await again.ask('call', call)).toMatchObject(limited('call'));
    const back = await stage.socketOf(alice.identity, 0);
    await back.join();
    expect(await back.ask('call', call)).toMatchObject(limited('call'));
    // Bob may still call whom he likes.
    await ringOnce(bob, back);
  });

  async function ringOnce(caller: TestPeer, callee: TestPeer): Promise<void> {
    const call_id = await stage.ring(caller, callee);
    await callee.ask('reject', { call_id });
    await caller.next('reject');
  }
});

describe('register', () => {
  it('passes 20 times a minute for a peer, at all gateways together; then closes 4003', async () => {
    const identity = await stage.identity('alice');
    for (let n = 0; n < LIMITS.registersPerMinute; n += 1) {
      await (await stage.socketOf(identity, n % 2)).join();
    }
    for (const at of [0, 1]) {
      const late = await stage.socketOf(identity, at);
      expect(await late.ask('register', identity)).toMatchObject(limited('register'));
      const { code, reason } = await late.closed();
      expect([code, reason]).toEqual([4003, expect.stringMatching(/^retry_after_ms=\d+$/)]);
    }
  });

  it('is not used up by others who try a peer_id that is not theirs', async () => {
    const alice = await stage.player('alice');
    for (let n = 0; n < LIMITS.registersPerMinute + 5; n += 1) {
      const mallory = await stage.stranger('mallory', { at: n % 2 });
      const answer = await mallory.ask('register', { ...mallory.identity, peer_id: alice.peer_id });
      expect(answer).toMatchObject(refusal('peer_id_taken', 'register'));
    }
    await (await stage.socketOf(alice.identity, 1)).join();
  });

  it('that is refused is limited for each key', async () => {
    const alice = await stage.player('alice');
    let tries = 0;
    for (; tries < 200; tries += 1) {
      const thief = await stage.socketOf({ ...newIdentity('thief'), license_key: alice.license_key });
      const answer = await thief.ask('register', thief.identity);
      if (answer.text.includes('rate_limited')) break;
      expect(answer).toMatchObject(refusal('license_device_limit', 'register'));
    }
    expect(tries).toBeLessThan(200);
    // Other keys are not concerned, nor is the session that lives, nor the device that the key is bound to.
    await stage.player('bob');
    await alice.roundTrip();
    for (const at of [0, 1]) await (await stage.socketOf(alice.identity, at)).join();
  });

  it('that is refused again and again to one device does not lock out the owner of the key, at a gateway that never saw it', async () => {
    const alice = await stage.player('alice');
    const thief = { ...newIdentity('thief'), license_key: alice.license_key };
    const codes: string[] = [];
    for (let n = 0; n < 121; n += 1) {
      const { text } = await (await stage.socketOf(thief, 1)).ask('register', thief);
      codes.push(/"code":"(\w+)"/.exec(text)?.[1] ?? '');
    }
    expect(new Set(codes.slice(0, 120))).toEqual(new Set(['license_device_limit']));
    expect(codes[120]).toBe('rate_limited');
    await (await stage.socketOf(alice.identity, 1)).join();
  });
});
