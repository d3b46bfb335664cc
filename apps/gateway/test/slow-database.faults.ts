import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { connect, type Client } from '@white-rabbit/client';
import { openLicenseOrm, PostgresLicenseRepository } from '@white-rabbit/license';
import { CLUSTER_START_MS, newIdentity, reportFigure, TestCluster, type Registration } from '@white-rabbit/testing';
import { WebSocket } from 'ws';

const CLIENTS = 12_000;
const DEVICES_EACH = 1_000;
const GATEWAYS = 2;
/** Each gateway accepts 200 connections a second, and asks the database on one connection: twice what this allows. */
const LOOK_UP_S = 0.01;
/** To measure what the database allows: look-ups in one statement, which may last 2 s, and statements. */
const LOOK_UPS = 100;
const STATEMENTS = 5;
/** All clients are registered within this time. Milliseconds. */
const BACK_MS = 90_000;
/** Of the capacity of the database, what must come out as registers. */
const GOODPUT = 0.9;
const WINDOW_MS = 1_000;
/** Clients that start in one turn of the event loop. */
const STEP = 100;
/** Devices that are bound at the same time. */
const AT_ONCE = 8;

/** Each look-up of a license takes that long, whatever its query is. Superusers are not affected. */
const SLOW = `
  create function slow_look_up() returns boolean volatile language plpgsql
    as 'begin perform pg_sleep(${LOOK_UP_S}); return true; end';
  alter table license enable row level security;
  create policy slow on license using ((select slow_look_up()));`;

const cluster = new TestCluster(0, {
  // All clients are at one address.
  env: { WR_SOURCE_CONNECT_RATE: '0', WR_SOURCE_MAX_UNREGISTERED: '0' },
  direct: true,
});
const clients: Client[] = [];
let devices: readonly Registration[];

beforeAll(async () => {
  await cluster.start();
  devices = await boundDevices();
  await changeDatabase(SLOW);
  await Promise.all(Array.from({ length: GATEWAYS }, () => cluster.add()));
}, 2 * CLUSTER_START_MS);
afterAll(async () => {
  for (const client of clients) client.close();
  await cluster.stop();
}, CLUSTER_START_MS);

async function changeDatabase(sql: string): Promise<void> {
  const orm = await openLicenseOrm({ databaseUrl: cluster.databaseUrl, poolSize: 1 });
  try {
    await orm.em.getConnection().execute(sql);
  } finally {
    await orm.close();
  }
}

/** Devices that have registered before, like those of clients that come back. */
async function boundDevices(): Promise<readonly Registration[]> {
  const licenses = await cluster.licenses.issue({ count: CLIENTS / DEVICES_EACH, maxDevices: DEVICES_EACH });
  const orm = await openLicenseOrm({ databaseUrl: cluster.databaseUrl });
  const repository = new PostgresLicenseRepository(orm);
  const bound: Registration[] = [];
  const bind = async (license_key: string) => {
    for (let n = 0; n < DEVICES_EACH; n += 1) {
      const identity = newIdentity('storm');
      await repository.authorize(license_key, identity.device_id, identity.peer_id);
      bound.push({ ...identity, license_key });
    }
  };
  const keys = licenses.map(({ license_key }) => license_key);
  const lane = async () => {
    for (let key = keys.pop(); key !== undefined; key = keys.pop()) await bind(key);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  await orm.close();
  return bound;
}

/**
 * Look-ups a second that the database allows: one after the other, at one connection for each gateway. The database counts
 * them itself, so that no round trips are part of it.
 */
async function capacity(): Promise<number> {
  const lookUps = `do $$ begin for n in 1..${LOOK_UPS} loop perform id from license limit 1; end loop; end $$`;
  const lane = async () => {
    const orm = await openLicenseOrm({ databaseUrl: cluster.databaseUrlOf('wr_gateway'), poolSize: 1 });
    const start = performance.now();
    for (let n = 0; n < STATEMENTS; n += 1) await orm.em.getConnection().execute(lookUps);
    const tookS = (performance.now() - start) / 1_000;
    await orm.close();
    return (STATEMENTS * LOOK_UPS) / tookS;
  };
  const rates = await Promise.all(Array.from({ length: GATEWAYS }, lane));
  return rates.reduce((sum, rate) => sum + rate, 0);
}

const online = () => clients.filter(({ state }) => state.name === 'online').length;

it(
  '12,000 clients that return at once are registered within 90 s, as fast as a database of half the speed allows',
  async () => {
    const allowed = await capacity();
    const startMs = performance.now();
    for (const [index, { license_key: licenseKey, device_id: deviceId, peer_id: peerId }] of devices.entries()) {
      const url = cluster.gateway(index % GATEWAYS).url;
      clients.push(connect({ url, licenseKey, deviceId, peerId, webSocket: WebSocket }));
      // The first answers are read while the last clients start.
      if (index % STEP === 0) await sleep(0);
    }
    const samples: { readonly atMs: number; readonly count: number }[] = [];
    do {
      await sleep(WINDOW_MS);
      samples.push({ atMs: performance.now() - startMs, count: online() });
    } while ((samples.at(-1)?.count ?? 0) < CLIENTS && performance.now() - startMs < 2 * BACK_MS);
    const tookMs = performance.now() - startMs;
    // Neither the first twentieth, while the clients start, nor the last tenth, which waits for its back-off.
    const steady = samples.filter(({ count }) => count > CLIENTS * 0.05 && count < CLIENTS * 0.9);
    const [first, last] = [steady[0], steady.at(-1)];
    if (first === undefined || last === undefined) throw new Error('No client registered.');
    const goodput = (last.count - first.count) / ((last.atMs - first.atMs) / 1_000);
    reportFigure('clients', CLIENTS, '', { exactly: CLIENTS });
    reportFigure('registers a second that the database allows', Math.round(allowed), '', { stated: 200 });
    reportFigure('registers a second, of these', goodput / allowed, 'times', { atLeast: GOODPUT });
    reportFigure('registered', samples.at(-1)?.count ?? 0, '', { exactly: CLIENTS });
    reportFigure('all of them after', Math.round(tookMs), 'ms', { atMost: BACK_MS });
    expect(samples.at(-1)?.count).toBe(CLIENTS);
    expect(tookMs).toBeLessThan(BACK_MS);
  },
  CLUSTER_START_MS + 3 * BACK_MS,
);
