import { expect, it } from '@jest/globals';
import { connect, type Client } from '@white-rabbit/client';
import { PostgresLicenseRepository, openLicenseOrm } from '@white-rabbit/license';
import {
  eventually,
  GatewayProcess,
  Licenses,
  newIdentity,
  startPostgres,
  startRedis,
  type PeerIdentity,
} from '@white-rabbit/testing';
import { WebSocket } from 'ws';
import { readScrape } from './scrape.js';
import { STAGE_MS } from './settings.js';

/** More than come in a second by default, and than wait in the license queue. */
const CLIENTS = 1_500;

/** Registered before: a gateway that has just started compiles its code and opens its connections meanwhile. */
const FIRST_CLIENTS = 100;

/** Checks without a verdict, at most: a tenth, for a machine that does much other work. At 2,000 sockets a second it is a quarter to a half. */
const MOST_WITHOUT = CLIENTS / 10;

/** All are back within this time, on a machine that does other work as well. Milliseconds. */
const BACK_MS = 120_000;

interface Known extends PeerIdentity {
  readonly license_key: string;
}

/** Devices that are bound already, as those of clients that come back are. */
async function knownDevices(databaseUrl: string): Promise<readonly Known[]> {
  const licenses = await Licenses.open(databaseUrl);
  const orm = await openLicenseOrm({ databaseUrl });
  const repository = new PostgresLicenseRepository(orm);
  const known: Known[] = [];
  for (const { license_key } of await licenses.issue({ count: CLIENTS })) {
    const who = newIdentity('storm');
    await repository.authorize(license_key, who.device_id, who.peer_id);
    known.push({ ...who, license_key });
  }
  await orm.close();
  await licenses.close();
  return known;
}

it(
  'A gateway with default settings lets 1,500 clients that come back at once in, and refuses upgrades rather than license checks',
  async () => {
    const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    const databaseUrl = await postgres.createDatabase();
    const known = await knownDevices(databaseUrl);
    const gateway = await GatewayProcess.start({ env: { DATABASE_URL: databaseUrl, REDIS_URL: redis.url } });
    const clients: Client[] = [];
    const comeBack = (devices: readonly Known[]) => {
      for (const { license_key, device_id, peer_id } of devices) {
        const identity = { licenseKey: license_key, deviceId: device_id, peerId: peer_id };
        clients.push(connect({ url: gateway.url, ...identity, webSocket: WebSocket }));
      }
    };
    const areOnline = () => clients.every(({ state }) => state.name === 'online');
    try {
      comeBack(known.slice(0, FIRST_CLIENTS));
      await eventually('the first clients are online', areOnline, { deadlineMs: BACK_MS });
      comeBack(known.slice(FIRST_CLIENTS));
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
  STAGE_MS + BACK_MS,
);
