import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type Client } from '@white-rabbit/client';
import {
  CLUSTER_START_MS,
  eventually,
  freePort,
  ManagedProcess,
  reportFigure,
  TestCluster,
  type Registration,
} from '@white-rabbit/testing';
import { WebSocket } from 'ws';

const CLIENTS = 5_000;

/** Registers reach the back ends as fast as clients connect: admission by health has to hold them back. */
const NO_CONNECT_LIMITS = {
  WR_CONNECT_RATE: '10000',
  WR_SOURCE_CONNECT_RATE: '10000',
  WR_SOURCE_MAX_UNREGISTERED: '10000',
};

const BACK_MS = 120_000;
const WINDOW_MS = 2_000;
/** The slowest window may be this part of the mean. */
const SLOWEST = 0.2;
/** 99 % of the commands and queries of others take less. Milliseconds. */
const FAST_MS = 250;

const PROBE = fileURLToPath(new URL('./back-end-probe.mjs', import.meta.url));

describe('5,000 clients of two gateways that lose their connections at the same moment', () => {
  const cluster = new TestCluster(0, { env: NO_CONNECT_LIMITS, direct: true });
  const clients: Client[] = [];
  let ports: readonly string[];
  let devices: readonly Registration[];
  let probe: ManagedProcess | undefined;

  beforeAll(async () => {
    await cluster.start();
    ports = [String(await freePort()), String(await freePort())];
    await startGateways();
    devices = await Promise.all(Array.from({ length: CLIENTS }, () => cluster.identity('storm')));
  }, CLUSTER_START_MS);

  afterAll(async () => {
    for (const client of clients) client.close();
    await probe?.stop();
    await cluster.stop();
  }, CLUSTER_START_MS);

  const startGateways = () => Promise.all(ports.map((port) => cluster.add({ WR_PORT: port })));
  const online = () => clients.filter(({ state }) => state.name === 'online').length;

  it(
    'are all back, the rate of registers never collapses, and the back ends stay fast for others',
    async () => {
      for (const [index, device] of devices.entries()) {
        const { license_key: licenseKey, device_id: deviceId, peer_id: peerId } = device;
        const url = cluster.gateway(index % 2).url;
        clients.push(connect({ url, licenseKey, deviceId, peerId, webSocket: WebSocket }));
      }
      await eventually('all clients are online', () => online() === CLIENTS, { deadlineMs: BACK_MS });
      const args = [PROBE, cluster.redisUrl, cluster.databaseUrl];
      probe = new ManagedProcess({ name: 'probe', command: process.execPath, args });
      // Nothing spreads the clients but their own back-off.
      await Promise.all(cluster.gateways.map((gateway) => gateway.kill()));
      await startGateways();
      const registered: number[] = [];
      const startMs = performance.now();
      while (online() < CLIENTS) {
        expect(performance.now() - startMs).toBeLessThan(BACK_MS);
        await new Promise((next) => setTimeout(next, WINDOW_MS));
        registered.push(online());
      }
      await probe.stop();
      const p99Ms = JSON.parse(probe.lines.at(-1) ?? '') as { readonly redis: number; readonly database: number };
      // Between the first and the last tenth, no window is far below the mean.
      const rates = registered.map((count, index) => ({ count, rate: count - (registered[index - 1] ?? 0) }));
      const steady = rates.flatMap(({ count, rate }) => (count > CLIENTS / 10 && count < CLIENTS * 0.9 ? [rate] : []));
      const mean = steady.reduce((sum, rate) => sum + rate, 0) / Math.max(1, steady.length);
      const backMs = Math.round(performance.now() - startMs);
      reportFigure('clients without limits on connections', CLIENTS, '', { exactly: CLIENTS });
      reportFigure('all of them back after', backMs, 'ms', { atMost: BACK_MS });
      reportFigure('slowest 2 s, of the mean', Math.min(...steady) / mean, 'times', { atLeast: SLOWEST });
      reportFigure('p99 of Redis for others', p99Ms.redis, 'ms', { atMost: FAST_MS });
      reportFigure('p99 of the database for others', p99Ms.database, 'ms', { atMost: FAST_MS });
      for (const rate of steady) expect(rate).toBeGreaterThan(mean * SLOWEST);
      expect(p99Ms.redis).toBeLessThan(FAST_MS);
      expect(p99Ms.database).toBeLessThan(FAST_MS);
    },
    CLUSTER_START_MS + 2 * BACK_MS,
  );
});
