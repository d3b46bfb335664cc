import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { LIMITS } from '@white-rabbit/protocol';
import { reportFigure, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { DelayProbe } from './delay-probe.js';

/** With the default limits of the protocol. */
const cluster = useCluster(2);

/** What one session sends, in bursts. */
const A_SECOND = 2_000;
const BURST_MS = 10;
/** Times without and with a flood, in turn: 1 by default, 5 in `npm run test:faults`. */
const ROUNDS = Number(process.env['WR_TEST_FLOOD_ROUNDS'] ?? 1);
/** How long sessions flood in a round, one after the other. Milliseconds. */
const ROUND_MS = 2_000;
/** Devices that flood in turn, so that none reaches the limit of its registers. */
const FLOODERS = 5;
const PROBES = 10;
/** From the first signal until the connection must be closed. Milliseconds. */
const CLOSED_MS = 5_000;

interface FloodEnd {
  readonly code: number;
  readonly sent: number;
  readonly arrived: number;
  readonly tookMs: number;
}

/** Registers, calls Bob and sends signals until the gateway closes the connection. */
async function flood(identity: TestPeer['identity'], bob: TestPeer): Promise<FloodEnd> {
  const mallory = await cluster.connectAs(identity);
  await mallory.join();
  const call_id = await cluster.call(mallory, bob);
  const start = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    for (; sent < ((performance.now() - start) * A_SECOND) / 1_000; sent += 1) {
      mallory.send('signal', { call_id, signal: { n: sent } });
    }
  }, BURST_MS);
  const { code } = await mallory.closed(CLOSED_MS).finally(() => clearInterval(timer));
  const tookMs = performance.now() - start;
  await bob.nextWhere('the end', (frame) => frame.event === 'hangup' && frame.data.call_id === call_id);
  const arrived = bob.unread.filter((frame) => frame.event === 'signal' && frame.data.call_id === call_id).length;
  return { code, sent, arrived, tookMs };
}

it(`Sessions that send ${A_SECOND} signals a second are limited and closed with 4003, and other clients are served`, async () => {
  const probe = await DelayProbe.start(cluster, PROBES);
  const identities = await Promise.all(Array.from({ length: FLOODERS }, () => cluster.identity('mallory')));
  const ends: FloodEnd[] = [];
  const floods = async () => {
    const start = performance.now();
    while (performance.now() - start < ROUND_MS) {
      const identity = identities[ends.length % FLOODERS];
      // Bob's calls of one minute are limited too, so each flood has its own callee.
      const bob = await cluster.peer('bob', { at: 1 });
      if (identity !== undefined) ends.push(await flood(identity, bob));
    }
  };
  const [quiet, flooded]: [number[], number[]] = [[], []];
  for (let n = 0; n < ROUNDS; n += 1) {
    quiet.push(await probe.p99Ms(sleep(ROUND_MS)));
    flooded.push(await probe.p99Ms(floods()));
  }
  expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([4003]));
  for (const { arrived, tookMs } of ends) {
    expect(arrived).toBeLessThanOrEqual(LIMITS.signalBurst + Math.ceil((tookMs / 1_000) * LIMITS.signalsPerSecond));
  }
  reportFigure('sessions that flooded', ends.length, '', { atLeast: 1 });
  reportFigure('closed with another code than 4003', ends.filter(({ code }) => code !== 4003).length, '', {
    exactly: 0,
  });
  reportFigure('most signals sent', Math.max(...ends.map(({ sent }) => sent)));
  reportFigure('most that arrived', Math.max(...ends.map(({ arrived }) => arrived)));
  reportFigure('slowest close', Math.round(Math.max(...ends.map(({ tookMs }) => tookMs))), 'ms', { atMost: CLOSED_MS });
  reportFigure('p99 of other signals without a flood', medianOf(quiet), 'ms');
  reportFigure('p99 of other signals, of that without', medianOf(flooded) / medianOf(quiet), 'times', { atMost: 2 });
});

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
