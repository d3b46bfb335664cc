import { afterEach, expect, it } from '@jest/globals';
import type { CallId } from '@white-rabbit/protocol';
import { callId, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { RawSocket } from './raw-socket.js';
import { readScrape } from './scrape.js';
import { GENEROUS } from './settings.js';

const MAX_BYTES = 4 * 2 ** 20;
/** No connection reaches its own bound. */
const BOUNDS = { WR_MAX_BUFFERED_BYTES: String(MAX_BYTES), WR_MAX_TOTAL_BUFFERED_BYTES: String(MAX_BYTES) };
const cluster = useCluster(1, { env: { ...GENEROUS, ...BOUNDS } });
const raws: RawSocket[] = [];

afterEach(() => {
  for (const raw of raws.splice(0)) raw.reset();
});

const SIGNAL = { candidate: 'x'.repeat(50_000) };
const FEW = 3;

/** A client that reads nothing, in a call with a client that sends it signals. */
interface Stuck {
  readonly raw: RawSocket;
  readonly caller: TestPeer;
  readonly call_id: CallId;
}

const scrape = async () => readScrape(await cluster.gateway(0).metrics());

async function stuck(): Promise<Stuck> {
  const raw = await RawSocket.upgraded(cluster.gateway(0).port, { lingers: true });
  raws.push(raw);
  const identity = await cluster.identity('stuck');
  raw.sendEvent('register', identity);
  await raw.receives('"registered"');
  const caller = await cluster.peer('caller');
  const call_id = callId();
  await caller.ask('call', { peer_id: identity.peer_id, call_id });
  await raw.receives('"ring"');
  raw.sendEvent('accept', { call_id });
  await caller.next('accept');
  raw.stopReading();
  return { raw, caller, call_id };
}

/** Sends signals, and resolves with the bytes that wait for all clients after them. */
async function send({ caller, call_id }: Stuck, signals: number): Promise<number> {
  for (let n = 0; n < signals; n += 1) {
    const { event } = await caller.ask('signal', { call_id, signal: SIGNAL });
    // A client that was closed has no call any more.
    if (event === 'error') break;
  }
  return (await scrape()).sum('wr_outgoing_bytes');
}

const closedSlow = async (bound: string) => (await scrape()).sum('wr_slow_clients_total', { bound });

it('Clients that do not read are closed with 4002, the slowest first, when too many bytes wait for all of them together', async () => {
  const first = await stuck();
  let signals = 0;
  let waiting = 0;
  for (; waiting < 700_000; signals += FEW) waiting = await send(first, FEW);
  const little = await stuck();
  for (const alone = waiting; waiting < alone + 50_000;) waiting = await send(little, FEW);

  const others: Stuck[] = [];
  while ((await closedSlow('gateway')) === 0 && others.length < 10) {
    const other = await stuck();
    others.push(other);
    // A sixteenth may arrive before all are measured, and as much again before the closed connections are cut.
    expect(await send(other, signals)).toBeLessThan(MAX_BYTES * 1.25);
  }
  expect(others.length).toBeGreaterThan(1);
  expect(await closedSlow('connection')).toBe(0);

  little.raw.resumeReading();
  little.raw.sendEvent('heartbeat', {}, 'little-is-served');
  await little.raw.receives('little-is-served');
  // The code as the gateway counted it: if a client reads too late for its Close frame, its connection is already
  // cut.
  expect((await scrape()).sum('wr_closes_total', { code: '4002' })).toBe(await closedSlow('gateway'));
});
