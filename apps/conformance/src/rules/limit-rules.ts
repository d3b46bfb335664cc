import { CLOSE_CODES, LIMITS } from '@white-rabbit/protocol';
import { callId } from '@white-rabbit/testing';
import type { ServerFrame } from '@white-rabbit/testing';
import { closes, holds, refuses } from '../expectations.js';
import type { Guest } from '../guest.js';
import { waitOf } from '../guest.js';
import { rulesOf } from '../rule.js';
import type { Rule } from '../rule.js';

/** A reader that stands still may have this much under way in kernels and proxies before a server notices. Frames of 60 KB. */
const UNNOTICED_FRAMES = 1_000;

/** How many frames of one kind may pass. */
interface Allowance {
  /** At once. */
  readonly burst: number;
  /** And with every second. */
  readonly perSecond: number;
}

/** Fewer than those for which a session is closed. */
const BEYOND = LIMITS.rateLimitedPerMinute - 10;

/**
 * Sends more than the burst, with refs, and resolves with how many passed.
 *
 * @throws Violation unless that is as many as the allowance says, and the others were answered `rate_limited`.
 */
async function sendBeyond(guest: Guest, { burst, perSecond }: Allowance, event: string, data: object): Promise<number> {
  const start = performance.now();
  const count = burst + BEYOND;
  for (let n = 0; n < count; n += 1) guest.send(event, data, `n${n}`);
  let passed = 0;
  for (let n = 0; n < count; n += 1) if (!isLimited(await guest.answer(`n${n}`), event)) passed += 1;
  const refilled = Math.ceil(((performance.now() - start) / 1_000) * perSecond);
  // One less: a rule before has just asked something, or registered.
  isBetween(passed, burst - 1, burst + refilled);
  return passed;
}

function isLimited(answer: ServerFrame, event: string): boolean {
  if (answer.event !== 'error') return false;
  refuses(answer, 'rate_limited', event);
  holds(answer.data.retry_after_ms !== undefined, 'rate_limited without retry_after_ms');
  return true;
}

function isBetween(count: number, least: number, most: number): void {
  holds(count >= least && count <= most, `${count} passed, expected ${least} to ${most}`);
}

async function ringOnce(caller: Guest, callee: Guest): Promise<boolean> {
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
  'a session may send 300 signals at once; those beyond are dropped and answered rate_limited': async (scene) => {
    const [alice, bob] = await scene.pair();
    const call_id = await scene.call(alice, bob);
    const signals = { burst: LIMITS.signalBurst, perSecond: LIMITS.signalsPerSecond };
    const count = await sendBeyond(alice, signals, 'signal', { call_id, signal: {} });
    await bob.roundTrip();
    const arrived = bob.unread.filter(({ event }) => event === 'signal').length;
    holds(arrived === count, `${count} passed, ${arrived} arrived`);
  },
  'a session may send 50 other events at once; those beyond are answered rate_limited': async (scene) => {
    const alice = await scene.guest();
    await sendBeyond(alice, { burst: LIMITS.eventBurst, perSecond: LIMITS.eventsPerSecond }, 'contacts', {});
  },
  'a session that goes on beyond its limits is closed with 4003': async (scene) => {
    const alice = await scene.guest();
    for (let n = 0; n < 400; n += 1) alice.send('contacts', {});
    await closes(alice, CLOSE_CODES.rateLimited);
  },
  'a client that does not read is closed with 4002': async (scene) => {
    const [alice, bob] = await scene.pair();
    const call_id = await scene.call(alice, bob);
    bob.socket.pause();
    const signal = { text: 'x'.repeat(60_000) };
    for (let n = 0; n < UNNOTICED_FRAMES; n += 1) {
      if ((await alice.ask('signal', { call_id, signal })).event === 'error') break;
    }
    bob.socket.resume();
    await closes(bob, CLOSE_CODES.slowClient, 20_000);
  },
  'a peer may call 30 times a minute': async (scene) => {
    const [alice, bob] = await scene.pair();
    let rang = 0;
    while (rang <= LIMITS.callsPerMinute && (await ringOnce(alice, bob))) rang += 1;
    // It may have rung in this minute for another rule, or for an earlier run.
    isBetween(rang, 1, LIMITS.callsPerMinute);
    holds(await ringOnce(bob, alice), 'the limit of one peer holds for another');
  },
  'a peer may register 20 times a minute; then the socket is closed with 4003': async (scene) => {
    const identity = await scene.identity();
    for (let count = 0; count <= LIMITS.registersPerMinute; count += 1) {
      const guest = await scene.socketOf(identity);
      const answer = await guest.askOnce('register', guest.identity);
      if (answer.event === 'registered') continue;
      refuses(answer, 'rate_limited', 'register');
      const { reason } = await closes(guest, CLOSE_CODES.rateLimited);
      holds(/^retry_after_ms=\d+$/.test(reason), `the close reason was '${reason}'`);
      return;
    }
    holds(false, `it registered ${LIMITS.registersPerMinute + 1} times`);
  },
});
