import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { LIMITS } from '@white-rabbit/protocol';
import { eventually, reportFigure, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { DelayProbe } from './delay-probe.js';
import { readScrape } from './scrape.js';
import { GENEROUS } from './settings.js';

/** Clients that send to the one that does not read: 16 by default, 100 in `npm run test:faults`. */
const SENDERS = Number(process.env['WR_TEST_SENDERS'] ?? 16);
/** Each sends a signal this often, of a size with which all of them send 2 MB a second. Milliseconds. */
const EVERY_MS = 200;
const SIGNAL = { sdp: 'x'.repeat(Math.min(50_000, Math.round(400_000 / SENDERS))) };
/** Clients that stop reading, one after the other: 1 by default, 5 in `npm run test:faults`. */
const ROUNDS = Number(process.env['WR_TEST_SLOW_READERS'] ?? 1);
const PROBES = 10;
/** The time that the other clients are measured before the client stops reading. Milliseconds. */
const BEFORE_MS = 3_000;
const CLOSED_MS = 60_000;
/** How often the bytes that wait are read. Milliseconds. */
const SAMPLE_MS = 20;

const cluster = useCluster(2, { env: { ...GENEROUS, WR_MAX_CALLS: '1000' } });

const scrape = async () => readScrape(await cluster.gateway(0).metrics());
const closedSlow = async () => (await scrape()).sum('wr_slow_clients_total', { bound: 'connection' });

/** Sends signals of all callers, until it is stopped. Returns the function that stops it. */
function sending(calls: readonly { readonly caller: TestPeer; readonly call_id: string }[]): () => void {
  const timers = calls.map(({ caller, call_id }, n) => {
    // They are spread over the interval.
    let repeat: NodeJS.Timeout | undefined;
    const send = () => caller.send('signal', { call_id, signal: SIGNAL });
    const first = setTimeout(() => (repeat = setInterval(send, EVERY_MS)), (n * EVERY_MS) / calls.length);
    return () => {
      clearTimeout(first);
      clearInterval(repeat);
    };
  });
  return () => timers.forEach((stop) => stop());
}

/** What happened to one client that stopped reading. */
interface Ending {
  readonly code: number;
  readonly mostBytes: number;
  readonly p99BeforeMs: number;
  readonly p99Ms: number;
}

/** All callers call a new client, and send to it, until it has not read for too long. */
async function stopsReading(callers: readonly TestPeer[], probe: DelayProbe): Promise<Ending> {
  const bob = await cluster.peer('bob');
  const calls: { readonly caller: TestPeer; readonly call_id: string }[] = [];
  for (const caller of callers) calls.push({ caller, call_id: await cluster.call(caller, bob) });
  const closedBefore = await closedSlow();
  const stop = sending(calls);
  try {
    const p99BeforeMs = await probe.p99Ms(sleep(BEFORE_MS));
    let mostBytes = 0;
    bob.socket.pause();
    const closed = eventually(
      'the client is closed',
      async () => {
        mostBytes = Math.max(mostBytes, (await scrape()).sum('wr_outgoing_bytes'));
        return (await closedSlow()) > closedBefore;
      },
      { deadlineMs: CLOSED_MS, everyMs: SAMPLE_MS },
    );
    const p99Ms = await probe.p99Ms(closed);
    for (const { caller, call_id } of calls) {
      expect((await caller.next('hangup')).data).toMatchObject({ call_id, reason: 'peer_offline' });
    }
    bob.socket.resume();
    return { code: (await bob.closed()).code, mostBytes, p99BeforeMs, p99Ms };
  } finally {
    stop();
  }
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

it(`A client that does not read while ${SENDERS} others send to it is closed with 4002 at the limit, and the others are served`, async () => {
  const probe = await DelayProbe.start(cluster, PROBES);
  const callers = await Promise.all(Array.from({ length: SENDERS }, (_, n) => cluster.peer('caller', { at: n % 2 })));
  const endings: Ending[] = [];
  for (let n = 0; n < ROUNDS; n += 1) endings.push(await stopsReading(callers, probe));
  const mostBytes = Math.max(...endings.map((ending) => ending.mostBytes));
  expect(new Set(endings.map(({ code }) => code))).toEqual(new Set([4002]));
  expect(mostBytes).toBeLessThanOrEqual(LIMITS.bufferedBytes);
  const [before, during] = [endings.map(({ p99BeforeMs }) => p99BeforeMs), endings.map(({ p99Ms }) => p99Ms)];
  reportFigure('clients that sent to it', SENDERS, '', { exactly: SENDERS });
  reportFigure('closed with another code than 4002', endings.filter(({ code }) => code !== 4002).length, '', {
    exactly: 0,
  });
  reportFigure('most bytes that waited for it', mostBytes, '', { atMost: LIMITS.bufferedBytes });
  reportFigure('p99 of other signals before', medianOf(before), 'ms');
  reportFigure('p99 of other signals, of that before', medianOf(during) / medianOf(before), 'times', { atMost: 2 });
}, 300_000);
