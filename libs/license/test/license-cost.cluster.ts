import { describe, expect, test } from '@jest/globals';
import { FACTS } from '../src/license-facts.js';
import type { DatabaseTime } from '../src/license-repository.js';
import { PostgresLicenseRepository } from '../src/postgres-license-repository.js';
import { openLicenseOrm } from '../src/license-orm.js';
import { pgPool } from '../src/pg-pool.js';
import { generateLicenseKey, type LicenseKey } from '../src/license-key.js';
import {
  admin,
  inTransaction,
  issue,
  licenses,
  newIdentity,
  pool,
  postgres,
  reference,
  refusal,
  teardown,
  urls,
} from './license-scene.js';

describe('PostgresLicenseRepository.authorize for a known device', () => {
  test('runs one query', async () => {
    const [key, [device, peer]] = [await issue(), newIdentity()];
    await licenses.authorize(key, device, peer);
    const sent = await queriesDuring(() => licenses.authorize(key, device, peer));
    expect(sent).toEqual([FACTS.name]);
  });

  test('reads indexes only, independent of the number of licenses', async () => {
    const orm = await openLicenseOrm({ databaseUrl: postgres.url, poolSize: 1, statementTimeoutMs: 0 });
    teardown.push(() => orm.close());
    await inTransaction(await pgPool(orm), async (client) => {
      await client.query(`insert into license (id, key_hash, hint, max_devices)
        select gen_random_uuid(), sha256(n::text::bytea), 'ABCD', 1 from generate_series(1, 20000) n`);
      await client.query(
        `insert into identity select 'bulk-device-' || n, 'bulk-peer-' || n from generate_series(1, 20000) n`,
      );
      await client.query(
        `insert into binding select id, 'bulk-device-' || row_number() over (), 1 from license where hint = 'ABCD'`,
      );
      await client.query(
        `insert into quarantine (license_id, device_hash) select license_id, device_hash from binding where slot = 1`,
      );
      await client.query('analyze license, identity, binding, quarantine');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `explain (costs off) execute_me`.replace(
          'execute_me',
          FACTS.text.replace('$1', `'\\x00'`).replaceAll('$2', `'d'`).replaceAll('$3', `'p'`),
        ),
      );
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain('license_key_hash_unique');
      expect(plan).not.toContain('Seq Scan');
      await client.query(`delete from quarantine`);
      await client.query(`delete from binding where device_hash like 'bulk%'`);
    });
  }, 30_000);
});

describe('PostgresLicenseRepository.authorize for a refused device', () => {
  test('runs the same one query for a key that was never issued and for each kind of refusal', async () => {
    const refusals = {
      license_invalid: () => Promise.resolve(generateLicenseKey()),
      license_revoked: async () => {
        const key = await issue();
        await admin.revoke(reference(key));
        return key;
      },
      license_expired: () => issue({ expiresAt: new Date(Date.now() - 1_000) }),
      license_device_limit: async () => {
        const key = await issue();
        await licenses.authorize(key, ...newIdentity());
        return key;
      },
    };
    const codes = ['license_invalid', 'license_revoked', 'license_expired', 'license_device_limit'] as const;
    for (const code of codes) {
      const [key, identity]: [LicenseKey, ReturnType<typeof newIdentity>] = [await refusals[code](), newIdentity()];
      const sent = await queriesDuring(async () => {
        expect(await licenses.authorize(key, ...identity)).toEqual(refusal(code));
      });
      expect({ code, sent }).toEqual({ code, sent: [FACTS.name] });
    }
  });
});

describe('PostgresLicenseRepository', () => {
  test('reports each query and whether it succeeded', async () => {
    const orm = await openLicenseOrm({ databaseUrl: urls.wr_gateway });
    teardown.push(() => orm.close());
    const reported: [string, boolean][] = [];
    const repository = new PostgresLicenseRepository(orm, {
      onQuery: (query, durationMs, isAnswered) => {
        expect(durationMs).toBeGreaterThan(0);
        reported.push([query, isAnswered]);
      },
    });
    const [key, [device, peer]] = [await issue(), newIdentity()];
    await repository.authorize(key, device, peer);
    await repository.authorize(key, device, peer);
    await repository.changedSince(undefined);
    expect(reported).toEqual([
      ['authorize', true],
      ['activate', true],
      ['authorize', true],
      ['revocations', true],
    ]);
    reported.length = 0;
    await expect(repository.changedSince('no time' as DatabaseTime)).rejects.toThrow();
    expect(reported).toEqual([['revocations', false]]);
  });
});

/** The names of the prepared queries, or the texts of others, that any connection of the pool sends meanwhile. */
async function queriesDuring(work: () => Promise<unknown>): Promise<string[]> {
  const client = await pool.connect();
  const prototype = Object.getPrototypeOf(client) as { query: (...args: unknown[]) => unknown };
  client.release();
  const original = prototype.query;
  const sent: string[] = [];
  prototype.query = function (this: unknown, ...args: unknown[]) {
    const query = args[0] as string | { name: string };
    sent.push(typeof query === 'string' ? query : query.name);
    return original.apply(this, args);
  };
  try {
    await work();
  } finally {
    prototype.query = original;
  }
  return sent;
}
