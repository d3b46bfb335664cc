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
const PROBES = 10;
/** The time that the other clients are measured before the client stops reading. Milliseconds. */
const BEFORE_MS = 5_000;
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

it(`A client that does not read while ${SENDERS} others send to it is closed with 4002 at the limit, and the others are served`, async () => {
  const probe = await DelayProbe.start(cluster, PROBES);
  const bob = await cluster.peer('bob');
  const calls: { readonly caller: TestPeer; readonly call_id: string }[] = [];
  for (let n = 0; n < SENDERS; n += 1) {
    const caller = await cluster.peer('caller', { at: n % 2 });
    calls.push({ caller, call_id: await cluster.call(caller, bob) });
  }
  const stop = sending(calls);
  try {
    const before = await probe.p99Ms(sleep(BEFORE_MS));
    let most = 0;
    bob.socket.pause();
    const closed = eventually(
      'the client is closed',
      async () => {
        most = Math.max(most, (await scrape()).sum('wr_outgoing_bytes'));
        return (await closedSlow()) === 1;
      },
      { deadlineMs: CLOSED_MS, everyMs: SAMPLE_MS },
    );
    const during = await probe.p99Ms(closed);
    for (const { caller, call_id } of calls) {
      expect((await caller.next('hangup')).data).toMatchObject({ call_id, reason: 'peer_offline' });
    }
    bob.socket.resume();
    const { code } = await bob.closed();
    expect(code).toBe(4002);
    // A frame may be added before the limit is checked.
    expect(most).toBeLessThanOrEqual(LIMITS.bufferedBytes + LIMITS.frameBytes);
    reportFigure('clients that sent to it', SENDERS, '', { exactly: SENDERS });
    reportFigure('closed with', code, '', { exactly: 4002 });
    reportFigure('most bytes that waited for it', most, '', { atMost: LIMITS.bufferedBytes + LIMITS.frameBytes });
    reportFigure('p99 of other signals before', before, 'ms');
    reportFigure('p99 of other signals, of that before', during / before, 'times', { atMost: 2 });
  } finally {
    stop();
  }
});
