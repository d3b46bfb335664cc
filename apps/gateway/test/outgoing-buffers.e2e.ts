import { afterEach, expect, it } from '@jest/globals';
import { eventually } from '@white-rabbit/testing';
import { onStage } from './on-stage.js';
import { rawFrame, RawSocket, TEXT } from './raw-socket.js';
import { readScrape } from './scrape.js';
import { GENEROUS } from './settings.js';

const MAX_BYTES = 4 * 2 ** 20;
/** No connection reaches its own bound. */
const BOUNDS = { WR_MAX_BUFFERED_BYTES: String(MAX_BYTES), WR_MAX_TOTAL_BUFFERED_BYTES: String(MAX_BYTES) };
const stage = onStage(1, { env: { ...GENEROUS, ...BOUNDS } });
const raws: RawSocket[] = [];

afterEach(() => {
  for (const raw of raws.splice(0)) raw.reset();
});

/** The gateway answers it with 300 bytes. */
const HEARTBEAT = rawFrame(TEXT, Buffer.from(JSON.stringify({ event: 'heartbeat', ref: '語'.repeat(64) })));
const FEW = 500;

const scrape = async () => readScrape(await stage.cluster.gateway(0).metrics());

async function stuck(): Promise<RawSocket> {
  const raw = await RawSocket.upgraded(stage.cluster.gateway(0).port, { lingers: true });
  raws.push(raw);
  raw.stopReading();
  return raw;
}

/** Sends frames, and resolves with the bytes that wait for all clients after the answers. */
async function send(raw: RawSocket, frames: number): Promise<number> {
  const answered = async () => (await scrape()).sum('wr_events_total', { event: 'heartbeat' });
  const before = await answered();
  raw.say(Buffer.concat(Array.from({ length: frames }, () => HEARTBEAT)));
  // A closed connection gets no more answers.
  const isOver = async () => (await answered()) - before >= frames || (await closedSlow('gateway')) > 0;
  await eventually('the frames are answered', isOver, { everyMs: 10 });
  return (await scrape()).sum('wr_outgoing_bytes');
}

const closedSlow = async (bound: string) => (await scrape()).sum('wr_slow_clients_total', { bound });

it('Clients that do not read are closed with 4002, the slowest first, when too many bytes wait for all of them together', async () => {
  const first = await stuck();
  let frames = 0;
  let waiting = 0;
  for (; waiting < 700_000; frames += FEW) waiting = await send(first, FEW);
  const little = await stuck();
  for (const alone = waiting; waiting < alone + 50_000;) waiting = await send(little, FEW);

  const others: RawSocket[] = [];
  while ((await closedSlow('gateway')) === 0 && others.length < 10) {
    const other = await stuck();
    others.push(other);
    // A sixteenth may arrive before all are measured, and as much again before the closed connections are cut.
    expect(await send(other, frames)).toBeLessThan(MAX_BYTES * 1.25);
  }
  expect(others.length).toBeGreaterThan(1);
  expect(await closedSlow('connection')).toBe(0);

  little.readOn();
  little.sayEvent('heartbeat', {}, 'little-is-served');
  await little.isTold('little-is-served');
  // The code as the gateway counted it: if a client reads too late for its Close frame, its connection is already
  // cut.
  expect((await scrape()).sum('wr_closes_total', { code: '4002' })).toBe(await closedSlow('gateway'));
});
