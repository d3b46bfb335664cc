import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { End } from './ends.js';

/** What one round of load showed. */
export interface LoadResult {
  readonly sent: number;
  readonly arrived: number;
  /** Times from when a payload was due to its arrival, sorted, ms: a late send counts as latency. */
  readonly latenciesMs: readonly number[];
}

/** How much load. */
export interface Load {
  /** Payloads a second, over all ends. */
  readonly perSecond: number;
  readonly seconds: number;
  /** Size of the payload's text. */
  readonly bytes: number;
}

/** What is still on its way when the last was sent. */
const SETTLE_MS = 300;

/** Each payload has a number of its own, always of eight digits, so that one of an earlier round is not taken for a new one. */
let nextNumber = 10_000_000;

/** Open loop: payloads leave when they are due, whether or not earlier ones have arrived; ends take turns. */
export async function run(ends: readonly End[], { perSecond, seconds, bytes }: Load): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  const dueMs: number[] = [];
  const total = Math.round(perSecond * seconds);
  const first = nextNumber;
  nextNumber += total;
  for (const end of ends) {
    end.onArrival = (frame) => {
      const due = dueMs[Number(/"n":(\d+)/.exec(frame)?.[1]) - first];
      if (due !== undefined) latenciesMs.push(performance.now() - due);
    };
  }
  const filling = 'x'.repeat(Math.max(0, bytes - `{"n":${first},"sdp":""}`.length));
  const startMs = performance.now();
  while (dueMs.length < total) {
    const until = Math.min(total, Math.floor(((performance.now() - startMs) * perSecond) / 1000));
    while (dueMs.length < until) {
      const n = dueMs.length;
      dueMs.push(startMs + (n * 1000) / perSecond);
      ends[n % ends.length]?.send(`{"n":${first + n},"sdp":"${filling}"}`);
    }
    // A timer would make bursts of what is due in its interval. The generator has a CPU of its own.
    await turn();
  }
  await sleep(SETTLE_MS);
  return { sent: total, arrived: latenciesMs.length, latenciesMs: latenciesMs.sort((a, b) => a - b) };
}
