import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { callId, eventually, newIdentity, reportFigure, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { RawSocket } from './raw-socket.js';
import { readScrape } from './scrape.js';
import { GENEROUS } from './settings.js';

/** Clients that never read: 60 by default, 1,500 in `npm run test:faults`. */
const READERS = Number(process.env['WR_TEST_READERS'] ?? 60);
const AT_ONCE = 30;
/** Each of them gets this many signals; the kernel takes them all. */
const SIGNALS = 4;
const SIGNAL = { sdp: 'x'.repeat(50_000) };
/** Of them, those that get more and more signals until the gateway has closed some. */
const FLOODED = 20;
const CLOSED = 5;
const MOST_SIGNALS = 500;
const MAX_BYTES = 8 * 2 ** 20;
/** A sixteenth may arrive before all are measured, and as much again before the closed connections are cut. */
const MARGIN = 1.25;
/** The memory after the second round may be this many times the memory after the first. */
const GROWTH = 1.2;
/** An answer comes within this time, also behind many others. Milliseconds. */
const ANSWER_MS = 30_000;
const HEARTBEAT_MS = 20_000;
/** All state of a round is gone within this time: lingering sockets are cut after 5 s. Milliseconds. */
const OVER_MS = 60_000;

const cluster = useCluster(1, {
  env: {
    ...GENEROUS,
    WR_SOURCE_CONNECT_RATE: '0',
    WR_MAX_CALLS: '1000',
    WR_MAX_BUFFERED_BYTES: String(MAX_BYTES),
    WR_MAX_TOTAL_BUFFERED_BYTES: String(MAX_BYTES),
    // With a small heap the resident memory shows what is retained, and not what the garbage collector has postponed.
    NODE_OPTIONS: '--max-old-space-size=128',
  },
});
const raws: RawSocket[] = [];

let heartbeats: NodeJS.Timeout;
beforeEach(() => {
  // A client that does not read can still write; otherwise it would be closed after 60 s.
  heartbeats = setInterval(() => {
    for (const raw of raws) raw.sendEvent('heartbeat');
  }, HEARTBEAT_MS);
});
afterEach(() => {
  clearInterval(heartbeats);
  for (const raw of raws.splice(0)) raw.reset();
});

/** A client that does not read, in a call with a client that sends it signals. */
interface Reader {
  readonly caller: TestPeer;
  readonly call_id: string;
}

const scrape = async () => readScrape(await cluster.gateway(0).metrics());
const descriptors = async () => (await readdir(`/proc/${cluster.gateway(0).pid}/fd`)).length;

async function residentKiB(): Promise<number> {
  const status = await readFile(`/proc/${cluster.gateway(0).pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]);
}

async function reader(caller: TestPeer): Promise<Reader> {
  const license_key = await cluster.licenseKey();
  const raw = await RawSocket.upgraded(cluster.gateway(0).port, { lingers: true });
  raws.push(raw);
  const [identity, call_id] = [newIdentity('reader'), callId()];
  raw.sendEvent('register', { ...identity, license_key });
  await raw.receives('"registered"');
  await caller.ask('call', { peer_id: identity.peer_id, call_id });
  await raw.receives('"ring"');
  raw.sendEvent('accept', { call_id });
  await caller.nextWhere('an accept', (frame) => frame.event === 'accept' && frame.data.call_id === call_id);
  raw.stopReading();
  return { caller, call_id };
}

async function readersOf(callers: readonly TestPeer[]): Promise<readonly Reader[]> {
  const readers: Reader[] = [];
  while (readers.length < READERS) {
    const next = Array.from({ length: AT_ONCE }, (_, n) => callers[n % callers.length]);
    readers.push(...(await Promise.all(next.flatMap((caller) => (caller ? [reader(caller)] : [])))));
  }
  return readers;
}

/** What the gateway held at most in a round, and what it holds after it. */
interface Round {
  readonly mostBytes: number;
  readonly mostKiB: number;
  readonly afterKiB: number;
  readonly closed: number;
}

async function round(callers: readonly TestPeer[]): Promise<Round> {
  const readers = await readersOf(callers);
  const closedBefore = (await scrape()).sum('wr_slow_clients_total', { bound: 'gateway' });
  let [mostBytes, mostKiB, closed] = [0, 0, 0];
  for (let n = 0; n < MOST_SIGNALS && closed < CLOSED; n += 1) {
    const next = n < SIGNALS ? readers : readers.slice(0, FLOODED);
    await Promise.all(next.map(({ caller, call_id }) => caller.ask('signal', { call_id, signal: SIGNAL }, ANSWER_MS)));
    const now = await scrape();
    mostBytes = Math.max(mostBytes, now.sum('wr_outgoing_bytes'));
    mostKiB = Math.max(mostKiB, await residentKiB());
    closed = now.sum('wr_slow_clients_total', { bound: 'gateway' }) - closedBefore;
  }
  for (const raw of raws.splice(0)) raw.reset();
  const isOver = async () => (await scrape()).sum('wr_connections') === callers.length;
  await eventually('only the callers are left', isOver, { deadlineMs: OVER_MS, everyMs: 200 });
  return { mostBytes, mostKiB, afterKiB: await residentKiB(), closed };
}

it(`A gateway with ${READERS} clients that never read uses bounded memory, and none after they are gone`, async () => {
  const callers = [await cluster.peer('caller'), await cluster.peer('caller')];
  const before = await descriptors();
  const rounds = [await round(callers), await round(callers)];
  const [first, last] = rounds;
  const growth = (last?.afterKiB ?? Number.NaN) / (first?.afterKiB ?? Number.NaN);
  const left = (await descriptors()) - before;
  const mostBytes = Math.max(...rounds.map((each) => each.mostBytes));
  const closed = Math.min(...rounds.map((each) => each.closed));
  expect(closed).toBeGreaterThanOrEqual(CLOSED);
  expect(mostBytes).toBeLessThanOrEqual(MAX_BYTES * MARGIN);
  expect(growth).toBeLessThan(GROWTH);
  expect(left).toBeLessThanOrEqual(5);
  reportFigure('clients that never read', READERS, '', { exactly: READERS });
  reportFigure('most bytes that waited for them', mostBytes, '', { atMost: MAX_BYTES * MARGIN });
  reportFigure('closed because of the limit of the gateway', closed, '', { atLeast: CLOSED });
  reportFigure('most resident memory', Math.round(Math.max(...rounds.map((each) => each.mostKiB)) / 1024), 'MiB');
  reportFigure('resident memory after the second round, of the first', growth, 'times', { atMost: GROWTH });
  reportFigure('descriptors more than before', left, '', { atMost: 5 });
}, 600_000);
