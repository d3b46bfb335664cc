import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import { type LicenseKey, keyHash } from '../src/license-key.js';
import { openLicenseOrm } from '../src/license-orm.js';
import { PostgresLicenseRepository } from '../src/postgres-license-repository.js';
import { accepted, codeOf, issue, licenses, newIdentity, pool, urls, until, inTransaction } from './license-scene.js';

const CONNECTIONS = 4;
const SOCKETS = 120;

/** A gateway on which users may transfer their licenses, and the reasons of its checks without a verdict. */
let orm: MikroORM;
let gateway: PostgresLicenseRepository;
let reasons: string[];

beforeAll(async () => {
  orm = await openLicenseOrm({ databaseUrl: urls.wr_gateway, poolSize: CONNECTIONS });
});

beforeEach(() => {
  gateway = new PostgresLicenseRepository(orm, {
    connections: CONNECTIONS,
    transferDays: 30,
    onUnavailable: (reason) => reasons.push(reason),
  });
  reasons = [];
});

afterAll(() => orm.close());

const transfer = (key: LicenseKey) => gateway.authorize(key, ...newIdentity(), { wantsTransfer: true });

test('120 transfers of one locked license use one connection, and other licenses are activated at once', async () => {
  const [key, others] = [await issue(), await Promise.all(Array.from({ length: 20 }, () => issue()))];
  await licenses.authorize(key, ...newIdentity());
  await inTransaction(pool, async (blocker) => {
    await blocker.query('select from license where key_hash = $1 for update', [keyHash(key)]);
    let answered = 0;
    const transfers = Array.from({ length: SOCKETS }, async () => {
      const verdict = await transfer(key);
      answered += 1;
      return verdict;
    });
    await until(async () => (await waitingForLocks()) > 0);
    const verdicts = await Promise.all(others.map((other) => gateway.authorize(other, ...newIdentity())));
    expect(verdicts).toEqual(others.map(() => accepted));
    // All that while the transfers waited, and nothing but the first of them at the database.
    expect({ answered, atTheDatabase: await waitingForLocks() }).toEqual({ answered: 0, atTheDatabase: 1 });
    expect(new Set((await Promise.all(transfers)).map(codeOf))).toEqual(new Set(['license_unavailable']));
  });
  expect(reasons.filter((reason) => reason !== 'key_busy').length).toBeLessThanOrEqual(2);
  expect(await transfer(key)).toEqual(accepted);
}, 15_000);

test('40 transfers within the waiting period are refused without the row lock', async () => {
  const key = await issue();
  await licenses.authorize(key, ...newIdentity());
  await transfer(key);
  await inTransaction(pool, async (blocker) => {
    await blocker.query('select from license where key_hash = $1 for update', [keyHash(key)]);
    const verdicts = await Promise.all(Array.from({ length: 40 }, () => transfer(key)));
    expect(new Set(verdicts.map(codeOf))).toEqual(new Set(['license_transfer_too_soon']));
  });
});

async function waitingForLocks(): Promise<number> {
  const { rows } = await pool.query<{ waiting: number }>(
    `select count(*)::int as waiting from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
  );
  return rows[0]?.waiting ?? 0;
}
