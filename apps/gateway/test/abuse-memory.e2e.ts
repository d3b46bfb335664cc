import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CLUSTER_START_MS, eventually, GatewayProcess } from '@white-rabbit/testing';
import { CLOSE, PING, rawFrame, RawSocket, TEXT } from './raw-socket.js';
import { readScrape, type Scrape } from './scrape.js';
import { GENEROUS } from './settings.js';

/** With a small heap the resident memory shows what is retained, and not what the garbage collector has postponed. */
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=96' };

let gateway: GatewayProcess;
beforeAll(async () => {
  const env = { ...GENEROUS, ...SMALL_HEAP, WR_MAX_TOTAL_BUFFERED_BYTES: '8388608' };
  gateway = await GatewayProcess.start({ env });
}, CLUSTER_START_MS);
afterAll(() => gateway.stop(), CLUSTER_START_MS);

/** The memory after the third round may be this many times the memory after the first. */
const GROWTH = 1.2;

/** All state of a round is gone within this time: lingering sockets are cut after 5 s. Milliseconds. */
const OVER_MS = 30_000;

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

/** The gateway answers it with 300 bytes. */
const HEARTBEAT = rawFrame(TEXT, Buffer.from(JSON.stringify({ event: 'heartbeat', ref: '語'.repeat(64) })));
const HEARTBEATS = many(12_000, HEARTBEAT);

function many(count: number, frame: Buffer): Buffer {
  return Buffer.concat(times(count, () => frame));
}

const open = () => RawSocket.open(gateway.port);
const upgraded = (lingers = false) => RawSocket.upgraded(gateway.port, { lingers });

interface Abuse {
  /** Number of clients per round. */
  readonly clients: number;
  /** Whether the gateway keeps the connections open. */
  readonly stays?: true;
  readonly act: () => Promise<RawSocket>;
}

const ABUSES: readonly Abuse[] = [
  // An incomplete upgrade.
  { clients: 300, act: () => saying(open(), 'GET /ws HTTP/1.1\r\nHost: a\r\n') },
  // A flood of events, of text that is no event, and of pings; the limits are too high to be reached.
  { clients: 20, stays: true, act: () => saying(upgraded(), HEARTBEATS.subarray(0, 2_000 * HEARTBEAT.length)) },
  { clients: 20, stays: true, act: () => saying(upgraded(), many(2_000, rawFrame(TEXT, Buffer.from('nonsense')))) },
  { clients: 20, stays: true, act: () => saying(upgraded(), many(5_000, rawFrame(PING, Buffer.alloc(100)))) },
  // A client that does not read and stays, or sends a FIN.
  { clients: 15, act: () => stuck() },
  { clients: 5, act: async () => finished(await stuck()) },
  // A frame that is too large.
  { clients: 50, act: () => saying(upgraded(), Buffer.concat([oversizedHead(), Buffer.alloc(100_000)])) },
  // A large register that is refused.
  { clients: 50, act: () => saying(upgraded(), largeRegister()) },
  // A Close frame from a client that keeps its TCP connection open.
  { clients: 100, act: () => saying(upgraded(true), rawFrame(CLOSE, Buffer.from([0x03, 0xe8]))) },
];

const STAYING = ABUSES.reduce((sum, { clients, stays }) => sum + (stays ? clients : 0), 0);

async function saying(client: Promise<RawSocket>, bytes: string | Buffer): Promise<RawSocket> {
  const raw = await client;
  raw.send(bytes);
  return raw;
}

/** A client that does not read, with more data than the kernel's buffers and the gateway hold. */
async function stuck(): Promise<RawSocket> {
  const raw = await upgraded(true);
  raw.stopReading();
  raw.send(HEARTBEATS);
  return raw;
}

function finished(raw: RawSocket): RawSocket {
  raw.finish();
  return raw;
}

/** The head of a frame of 1 MiB. */
function oversizedHead(): Buffer {
  const head = Buffer.alloc(14);
  head[0] = TEXT;
  head[1] = 0x80 | 127;
  head.writeUInt32BE(0x100000, 6);
  return head;
}

function largeRegister(): Buffer {
  return rawFrame(TEXT, Buffer.from(JSON.stringify({ event: 'register', data: { license_key: 'x'.repeat(60_000) } })));
}

/** Runs all of it, waits until the gateway has released everything, and resolves with its resident memory. KiB. */
async function round(): Promise<number> {
  const clients: RawSocket[] = [];
  for (const { clients: count, act } of ABUSES) clients.push(...(await Promise.all(times(count, act))));
  await scrapeShows('that has closed all that may not stay', (scrape) => {
    return scrape.sum('wr_outgoing_bytes') === 0 && scrape.sum('wr_connections') <= STAYING;
  });
  for (const client of clients) client.reset();
  await scrapeShows('without connections', (scrape) => scrape.sum('wr_connections') === 0);
  return resident();
}

async function scrapeShows(what: string, isSo: (scrape: Scrape) => boolean): Promise<void> {
  const check = async () => isSo(readScrape(await gateway.metrics()));
  await eventually(`a gateway ${what}`, check, { deadlineMs: OVER_MS, everyMs: 200 });
}

async function resident(): Promise<number> {
  const status = await readFile(`/proc/${gateway.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]);
}

it('A gateway uses hardly more memory after three rounds of abuse than after one', async () => {
  const first = await round();
  await round();
  expect(await round()).toBeLessThan(first * GROWTH);
}, 180_000);
