import { expect, it } from '@jest/globals';
import { connect, type Client } from '@white-rabbit/client';
import { PostgresLicenseRepository, openLicenseOrm } from '@white-rabbit/license';
import {
  CLUSTER_START_MS,
  eventually,
  GatewayProcess,
  Licenses,
  newIdentity,
  startPostgres,
  type PeerIdentity,
} from '@white-rabbit/testing';
import { startRedis } from '@white-rabbit/testing/redis';
import { WebSocket } from 'ws';
import { readScrape } from './scrape.js';

/** More than the default connect rate per second, and more than the length of the license queue. */
const CLIENTS = 1_500;

/** Clients that register first, while the gateway compiles its code and opens its connections. */
const FIRST_CLIENTS = 100;

/**
 * Maximum number of checks without a verdict: a tenth, for a busy machine. At 2,000 sockets per second it is a
 * quarter to a half.
 */
const MOST_WITHOUT = CLIENTS / 10;

/** All clients are registered again within this time, also on a busy machine. Milliseconds. */
const BACK_MS = 120_000;

interface Known extends PeerIdentity {
  readonly license_key: string;
}

/** Devices that are already bound, like those of returning clients. */
async function knownDevices(databaseUrl: string): Promise<readonly Known[]> {
  const licenses = await Licenses.open(databaseUrl);
  const orm = await openLicenseOrm({ databaseUrl });
  const repository = new PostgresLicenseRepository(orm);
  const known: Known[] = [];
  for (const { license_key } of await licenses.issue({ count: CLIENTS })) {
    const identity = newIdentity('storm');
    await repository.authorize(license_key, identity.device_id, identity.peer_id);
    known.push({ ...identity, license_key });
  }
  await orm.close();
  await licenses.close();
  return known;
}

it(
  'A gateway with default settings admits 1,500 clients that return at once, and refuses upgrades rather than license checks',
  async () => {
    const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    const databaseUrl = await postgres.createDatabase();
    const known = await knownDevices(databaseUrl);
    const gateway = await GatewayProcess.start({ env: { DATABASE_URL: databaseUrl, REDIS_URL: redis.url } });
    const clients: Client[] = [];
    const reconnect = (devices: readonly Known[]) => {
      for (const { license_key, device_id, peer_id } of devices) {
        const identity = { licenseKey: license_key, deviceId: device_id, peerId: peer_id };
        clients.push(connect({ url: gateway.url, ...identity, webSocket: WebSocket }));
      }
    };
    const areOnline = () => clients.every(({ state }) => state.name === 'online');
    try {
      reconnect(known.slice(0, FIRST_CLIENTS));
      await eventually('the first clients are online', areOnline, { deadlineMs: BACK_MS });
      reconnect(known.slice(FIRST_CLIENTS));
      await eventually('all clients are online', areOnline, { deadlineMs: BACK_MS });
      const scrape = readScrape(await gateway.metrics());
      expect(scrape.sum('wr_license_unavailable_total')).toBeLessThanOrEqual(MOST_WITHOUT);
      expect(scrape.sum('wr_upgrades_refused_total', { status: '503' })).toBeGreaterThan(MOST_WITHOUT);
    } finally {
      for (const client of clients) client.close();
      await gateway.stop();
      await redis.stop();
      await postgres.stop();
    }
  },
  CLUSTER_START_MS + BACK_MS,
);
