import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { AllowanceMeter } from './allowance-meter.js';
import type { AttackOrder, AttackReport, CallState } from './attack.js';
import { HostileSession } from './hostile-session.js';
import { worstSignal } from './worst-signals.js';

// A thread of its own: what the hostile sessions cost their own side must not be taken for latency of the others.

const TICK_MS = 5;
const NAMES = 1_000;
/** A flood keeps no more than this in its own socket. Bytes. */
const FLOOD_BYTES = 128 * 1024;

const order = workerData as AttackOrder;
const sessions = order.people.map((identity) => new HostileSession(identity, order.licenseKey));
let frames = 0;
let bytes = 0;

function send(session: HostileSession, frame: string): void {
  session.send(frame);
  frames += 1;
  bytes += frame.length;
}

/** Brings each session to that state of a call; gives the call that each will name. */
async function enter(state: CallState): Promise<string[]> {
  const calls: string[] = [];
  for (let pair = 0; pair < sessions.length / 2; pair += 1) {
    const [caller, callee] = [sessions[pair * 2], sessions[pair * 2 + 1]];
    if (!caller || !callee) throw new Error('The hostile sessions come in pairs.');
    const id = state === 'no call' ? 'no-such-call' : await caller.call(callee);
    calls.push(id, id);
    if (state === 'no call' || state === 'ringing') continue;
    const accepted = caller.next('accept');
    callee.send(JSON.stringify({ event: 'accept', data: { call_id: id } }));
    await accepted;
    if (state !== 'established') continue;
    for (const side of [caller, callee]) side.send(JSON.stringify({ event: 'established', data: { call_id: id } }));
  }
  return calls;
}

/** The bytes of a session are not limited. */
const ANY_AMOUNT = { burst: Number.MAX_SAFE_INTEGER, perSecond: Number.MAX_SAFE_INTEGER };
/** What each session added last. */
const lastAdded: (readonly string[])[] = sessions.map(() => []);

function contactsFrame(index: number): string {
  const add = Array.from({ length: NAMES }, () => randomBytes(9).toString('base64url'));
  const remove = lastAdded[index];
  lastAdded[index] = add;
  return JSON.stringify({ event: 'contacts', data: { add, remove } });
}

/** All sessions spend their whole bursts at one moment, again and again: that is worse than an even stream. */
async function pulses(untilMs: number, frameOf: (index: number) => string, amountOf: (index: number) => number) {
  const meters = sessions.map(() => ({
    frames: new AllowanceMeter(order.frames, performance.now()),
    amount: new AllowanceMeter(order.attack.kind === 'contacts' ? order.names : ANY_AMOUNT, performance.now()),
  }));
  while (performance.now() < untilMs) {
    const nowMs = performance.now();
    for (const [index, session] of sessions.entries()) {
      const meter = meters[index];
      if (!meter || !session.isOpen) continue;
      if (!meter.frames.isFull(nowMs) || !meter.amount.isFull(nowMs)) continue;
      const amount = amountOf(index);
      while (meter.frames.has(1) && meter.amount.has(amount)) {
        send(session, frameOf(index));
        meter.frames.spend(1);
        meter.amount.spend(amount);
      }
    }
    await sleep(TICK_MS);
  }
}

async function flood(untilMs: number, frame: string): Promise<void> {
  await Promise.all(
    sessions.map(async (session) => {
      while (performance.now() < untilMs) {
        if (!session.isOpen) await session.register(order.urls[0]).catch(() => sleep(100));
        while (session.isOpen && session.waitingBytes < FLOOD_BYTES) send(session, frame);
        await sleep(TICK_MS);
      }
    }),
  );
}

async function attack(calls: readonly string[]): Promise<void> {
  const untilMs = performance.now() + order.seconds * 1000;
  const { attack: what } = order;
  if (what.kind === 'flood') {
    await flood(untilMs, worstSignal(what.shape, 'no-such-call'));
  } else if (what.kind === 'contacts') {
    await pulses(untilMs, contactsFrame, () => NAMES);
  } else {
    const texts = calls.map((call) => worstSignal(what.shape, call));
    await pulses(
      untilMs,
      (index) => texts[index] ?? '',
      (index) => texts[index]?.length ?? 0,
    );
  }
}

const state = order.attack.kind === 'signals' ? order.attack.state : 'no call';
const [near, far] = order.urls;
await Promise.all(
  sessions.map((session, index) => session.register(state === 'active across' && index % 2 === 1 ? far : near)),
);
const calls = await enter(state);
const begun = new Promise((resolve) => parentPort?.once('message', resolve));
parentPort?.postMessage('ready');
await begun;
await attack(calls);
const answers: Record<string, number> = {};
for (const session of sessions) {
  for (const [answer, count] of Object.entries(session.answers)) answers[answer] = (answers[answer] ?? 0) + count;
  session.close();
}
const report: AttackReport = { frames, bytes, answers };
parentPort?.postMessage(report);
