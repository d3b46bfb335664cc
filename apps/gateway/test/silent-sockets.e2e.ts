import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { LIMITS } from '@white-rabbit/protocol';
import { eventually, reportFigure } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { RawSocket } from './raw-socket.js';
import { readScrape } from './scrape.js';
import { BUSY_MS, GENEROUS } from './settings.js';

/** Sockets of one source that never register: 200 by default, 2,000 in `npm run test:faults`. */
const SOCKETS = Number(process.env['WR_TEST_SOCKETS'] ?? 200);
/** Of these, those that may be open at the same time. */
const CAP = SOCKETS * 0.75;
const AT_ONCE = 50;
const FLOODER = '127.0.0.2';
/** A client may take its 10 s; the gateway looks every 0.5 s, and the test every 50 ms. Milliseconds. */
const CUT_MS = LIMITS.registerMs + 1_000 + BUSY_MS;
/** A close that the client does not answer is cut after 5 s. Milliseconds. */
const GONE_MS = 10_000;
const REGISTER_MS = 1_000 + BUSY_MS;

const cluster = useCluster(1, {
  env: { ...GENEROUS, WR_SOURCE_CONNECT_RATE: '0', WR_MAX_UNREGISTERED: String(CAP), WR_SOURCE_MAX_UNREGISTERED: '0' },
});

const unregistered = async () => readScrape(await cluster.gateway(0).metrics()).sum('wr_unregistered_connections');

it(`${SOCKETS} sockets that never register are capped and closed in time, and a known device registers within 1 s`, async () => {
  const { port } = cluster.gateway(0);
  const alice = await cluster.peer('alice');
  const sockets: { readonly raw: RawSocket; readonly openedMs: number }[] = [];
  let most = 0;
  while (sockets.length < SOCKETS) {
    const open = () => RawSocket.upgraded(port, { from: FLOODER });
    const opened = await Promise.all(Array.from({ length: AT_ONCE }, open));
    sockets.push(...opened.map((raw) => ({ raw, openedMs: performance.now() })));
    most = Math.max(most, await unregistered());
  }
  const start = performance.now();
  await (await cluster.connectAs(alice.identity)).join();
  const registeredMs = performance.now() - start;
  expect(registeredMs).toBeLessThan(REGISTER_MS);

  let latest = 0;
  const open = new Set(sockets);
  while (open.size > 0) {
    for (const socket of open) {
      const age = performance.now() - socket.openedMs;
      if (socket.raw.closeCode !== undefined || socket.raw.isClosed) {
        open.delete(socket);
        latest = Math.max(latest, age);
      } else expect(age).toBeLessThan(CUT_MS);
    }
    await sleep(50);
  }
  const codes = sockets.map(({ raw }) => raw.closeCode);
  // The oldest were closed for newer ones, one of them for the known device; the others had their time.
  expect(new Set(codes)).toEqual(new Set([1013, 4001]));
  expect(codes.filter((code) => code === 1013)).toHaveLength(SOCKETS - CAP + 1);
  // One more may be counted before the oldest is closed.
  expect(most).toBeLessThanOrEqual(CAP + 1);
  await eventually('all are gone', async () => (await unregistered()) === 0, { deadlineMs: GONE_MS });
  reportFigure('sockets that never register', SOCKETS, '', { exactly: SOCKETS });
  reportFigure('most at the same time', most, '', { atMost: CAP + 1 });
  reportFigure('last one closed after', Math.round(latest), 'ms', { atMost: CUT_MS });
  reportFigure('a known device registered after', Math.round(registeredMs), 'ms', { atMost: REGISTER_MS });
  for (const { raw } of sockets) raw.reset();
});
