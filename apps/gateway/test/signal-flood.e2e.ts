import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { LIMITS } from '@white-rabbit/protocol';
import { callId, reportFigure, within, type Registration } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { DelayProbe } from './delay-probe.js';

/** With the default limits of the protocol. */
const cluster = useCluster(2);

/** Times without and with a flood, in turn: 1 by default, 5 in `npm run test:faults`. */
const ROUNDS = Number(process.env['WR_TEST_FLOOD_ROUNDS'] ?? 1);
/** How long sessions flood in a round, one after the other. Milliseconds. */
const ROUND_MS = 2_000;
/** Devices that flood in turn, so that none reaches the limit of its registers. */
const FLOODERS = 5;
const PROBES = 10;
/** From the register of a flooder until the gateway must have closed its connection. Milliseconds. */
const CLOSED_MS = 10_000;

interface FloodEnd {
  readonly code: number;
  readonly sent: number;
  readonly arrived: number;
  /** From the first signal to the close. Milliseconds. */
  readonly tookMs: number;
}

let flooder: ChildProcess;
beforeAll(() => {
  flooder = fork(fileURLToPath(new URL('signal-flooder.mjs', import.meta.url)), { execArgv: [] });
});
afterAll(() => {
  flooder.kill();
});

/** A session at gateway 0 sends 2,000 signals a second to a peer at gateway 1, until it is closed. */
async function flood(caller: Registration): Promise<FloodEnd> {
  // The calls to one peer in a minute are limited too.
  const callee = await cluster.identity('bob');
  const ended = once(flooder, 'message');
  flooder.send({ urls: [0, 1].map((at) => cluster.gateway(at).url), caller, callee, call_id: callId() });
  const [answer] = (await within('the flood is closed', CLOSED_MS, ended)) as [
    { readonly end?: FloodEnd; readonly failure?: string },
  ];
  if (answer.end === undefined) throw new Error(answer.failure);
  return answer.end;
}

it('Sessions that send 2,000 signals a second are limited and closed with 4003, and other clients are served', async () => {
  const probe = await DelayProbe.start(cluster, PROBES);
  const identities = await Promise.all(Array.from({ length: FLOODERS }, () => cluster.identity('mallory')));
  const ends: FloodEnd[] = [];
  const floods = async () => {
    const start = performance.now();
    while (performance.now() - start < ROUND_MS) {
      const identity = identities[ends.length % FLOODERS];
      if (identity !== undefined) ends.push(await flood(identity));
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
}, 120_000);

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
