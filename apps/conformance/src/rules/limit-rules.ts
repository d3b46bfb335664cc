import { CLOSE_CODES, LIMITS } from '@white-rabbit/protocol';
import { callId, type ServerFrame } from '@white-rabbit/testing';
import { ACK, ensure, expectClose, expectError, expectFrame } from '../expectations.js';
import { type ConformanceClient, waitOf } from '../conformance-client.js';
import { rulesOf, type Rule } from '../rule.js';

/** Frames of 60 KB that kernels and proxies may buffer before a server notices that a client does not read. */
const BUFFERED_FRAMES = 1_000;

/** A rate limit of one kind of frames. */
interface RateLimit {
  /** Frames at once. */
  readonly burst: number;
  /** Additional frames per second. */
  readonly perSecond: number;
}

/** Frames beyond the burst: fewer than close a session. */
const EXCESS = LIMITS.rateLimitedPerMinute - 10;

/**
 * Sends more frames than the burst and resolves with the number that passed.
 *
 * @throws Violation if this number does not match the limit, or if another frame was not answered with `rate_limited`.
 */
async function sendExcess(
  client: ConformanceClient,
  { burst, perSecond }: RateLimit,
  event: string,
  data: object,
): Promise<number> {
  const start = performance.now();
  const count = burst + EXCESS;
  for (let n = 0; n < count; n += 1) client.send(event, data, `n${n}`);
  let passed = 0;
  for (let n = 0; n < count; n += 1) if (!isLimited(await client.answer(`n${n}`), event)) passed += 1;
  const refilled = Math.ceil(((performance.now() - start) / 1_000) * perSecond);
  // One less: the registration or an earlier request may count.
  isBetween(passed, burst - 1, burst + refilled);
  return passed;
}

function isLimited(answer: ServerFrame, event: string): boolean {
  if (answer.event !== 'error') return false;
  expectError(answer, 'rate_limited', event);
  ensure(answer.data.retry_after_ms !== undefined, 'rate_limited without retry_after_ms');
  return true;
}

function isBetween(count: number, least: number, most: number): void {
  ensure(count >= least && count <= most, `${count} passed, expected ${least} to ${most}`);
}

async function ringOnce(caller: ConformanceClient, callee: ConformanceClient): Promise<boolean> {
  const call_id = callId();
  const answer = await caller.askOnce('call', { peer_id: callee.peer_id, call_id });
  if (waitOf(answer) !== undefined) return false;
  await callee.next('ring');
  await callee.ask('reject', { call_id });
  await caller.next('reject');
  return true;
}

/** Section 5, limits. */
export const LIMIT_RULES: readonly Rule[] = rulesOf(5, {
  'server passes 300 signals of a session at once, drops those beyond and answers them with rate_limited': async (
    context,
  ) => {
    const [alice, bob] = await context.pair();
    const call_id = await context.call(alice, bob);
    const signals = { burst: LIMITS.signalBurst, perSecond: LIMITS.signalsPerSecond };
    const count = await sendExcess(alice, signals, 'signal', { call_id, signal: {} });
    await bob.roundTrip();
    const arrived = bob.unread.filter(({ event }) => event === 'signal').length;
    ensure(arrived === count, `${count} passed, ${arrived} arrived`);
  },
  'server accepts 50 other events of a session at once and answers those beyond with rate_limited': async (context) => {
    const alice = await context.client();
    await sendExcess(alice, { burst: LIMITS.eventBurst, perSecond: LIMITS.eventsPerSecond }, 'contacts', {});
  },
  'other events of a session do not use the limit of its signals': async (context) => {
    const [alice, bob] = await context.pair();
    const call_id = await context.call(alice, bob);
    for (let n = 0; n < LIMITS.eventBurst + 10; n += 1) alice.send('contacts', {});
    expectFrame(await alice.askOnce('signal', { call_id, signal: {} }), ACK);
    await bob.next('signal');
  },
  'server closes a session with 4003 that continues beyond its limits': async (context) => {
    const alice = await context.client();
    for (let n = 0; n < 400; n += 1) alice.send('contacts', {});
    await expectClose(alice, CLOSE_CODES.rateLimited);
    const errors = alice.unread.filter(({ event }) => event === 'error').length;
    ensure(errors >= LIMITS.rateLimitedPerMinute - 1, `it was closed after ${errors} errors`);
  },
  'server closes a client with 4002 that does not read': async (context) => {
    const [alice, bob] = await context.pair();
    const call_id = await context.call(alice, bob);
    bob.socket.pause();
    const signal = { text: 'x'.repeat(60_000) };
    for (let n = 0; n < BUFFERED_FRAMES; n += 1) {
      if ((await alice.ask('signal', { call_id, signal })).event === 'error') break;
    }
    bob.socket.resume();
    await expectClose(bob, CLOSE_CODES.slowClient, 20_000);
  },
  'server accepts 30 calls of a peer per minute': async (context) => {
    const [alice, bob] = await context.pair();
    let rang = 0;
    while (rang <= LIMITS.callsPerMinute && (await ringOnce(alice, bob))) rang += 1;
    // Another rule or an earlier run may have called in this minute.
    isBetween(rang, 1, LIMITS.callsPerMinute);
    ensure(await ringOnce(bob, alice), 'the limit of one peer applies to another');
  },
  'server accepts 20 registrations of a peer per minute, then closes with 4003': async (context) => {
    const identity = await context.identity();
    for (let count = 0; count <= LIMITS.registersPerMinute; count += 1) {
      const client = await context.connect(identity);
      const answer = await client.askOnce('register', client.identity);
      if (answer.event === 'registered') continue;
      expectError(answer, 'rate_limited', 'register');
      const { reason } = await expectClose(client, CLOSE_CODES.rateLimited);
      ensure(/^retry_after_ms=\d+$/.test(reason), `the close reason was '${reason}'`);
      return;
    }
    ensure(false, `it registered ${LIMITS.registersPerMinute + 1} times`);
  },
});
