import 'reflect-metadata';
import { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { type ThrowawayPostgres, startThrowawayPostgres } from './embedded/throwaway-postgres.js';
import { generateLicenseKey } from './license-key.js';
import { LicenseAdmin } from './license-admin.js';
import { LicenseRepository } from './license-repository.js';
import { openLicenseOrm } from './license-orm.js';
import { LicenseModule, type LicenseModuleOptions } from './license.module.js';
import { migrate } from './migrate.js';
import { pgPool } from './pg-pool.js';
import { RevocationWatch } from './revocation-watch.js';

@Module({})
class App {}

let postgres: ThrowawayPostgres;

beforeAll(async () => {
  Logger.overrideLogger(false);
  postgres = await startThrowawayPostgres();
  await migrate(postgres.url);
}, 30_000);

afterAll(() => postgres.stop());

async function application(databaseUrl: string, more: Partial<LicenseModuleOptions> = {}) {
  const license = await LicenseModule.forRoot({ databaseUrl, poolSize: 2, ...more });
  return NestFactory.createApplicationContext({ module: App, imports: [license] });
}

test('LicenseModule provides the repository, its MikroORM and the revocation watch', async () => {
  const app = await application(postgres.url);
  const license = (await new LicenseAdmin(app.get(MikroORM)).issue(1, { maxDevices: 1, expiresAt: null }).next())
    .value?.[0];
  const verdict = await app
    .get(LicenseRepository)
    .authorize(license?.key ?? '', 'device-1' as DeviceId, 'peer-001' as PeerId);
  expect(verdict).toEqual({ outcome: 'accepted', licenseId: license?.id });
  expect(app.get(RevocationWatch)).toBeInstanceOf(RevocationWatch);
  await app.close();
});

test('LicenseModule opens at most as many connections as its pool size, including the poll for revocations', async () => {
  const app = await application(postgres.url);
  const licenses = app.get(LicenseRepository);
  const direct = await openLicenseOrm({ databaseUrl: postgres.url, poolSize: 1 });
  const pool = await pgPool(direct);
  const keys =
    (await new LicenseAdmin(app.get(MikroORM)).issue(30, { maxDevices: 1, expiresAt: null }).next()).value ?? [];
  const checks = keys.map(({ key }, n) =>
    licenses.authorize(key, `device-${n}-x` as DeviceId, `peer-${n}-xyz` as PeerId),
  );
  await Promise.all([...checks, licenses.changedSince(undefined), licenses.changedSince(undefined)]);
  const { rows } = await pool.query<{ connections: number }>(
    `select count(*)::int as connections from pg_stat_activity
     where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
  );
  // One, if all look-ups had ended before the first activation began: both then used the same.
  expect([1, 2]).toContain(rows[0]?.connections);
  await direct.close();
  await app.close();
});

test('LicenseModule asks the replica of `readUrl` first, once the revocation watch has polled', async () => {
  const queries: [string, boolean][] = [];
  const app = await application(postgres.url, {
    readUrl: 'postgresql://x:y@127.0.0.1:1/z',
    onQuery: (query, _, isAnswered) => queries.push([query, isAnswered]),
  });
  const license = (await new LicenseAdmin(app.get(MikroORM)).issue(1, { maxDevices: 1, expiresAt: null }).next())
    .value?.[0];
  await new Promise<void>((polled) => {
    app.get(RevocationWatch).start(() => undefined);
    const wait = setInterval(() => {
      if (!queries.some(([query]) => query === 'revocations')) return;
      clearInterval(wait);
      polled();
    }, 10);
  });
  const [device, peer] = ['device-5' as DeviceId, 'peer-005' as PeerId];
  const verdict = await app.get(LicenseRepository).authorize(license?.key ?? '', device, peer);
  expect(verdict).toEqual({ outcome: 'accepted', licenseId: license?.id });
  const checks = queries.filter(([query]) => query !== 'revocations');
  expect(checks).toEqual([
    ['authorize', false],
    ['authorize', true],
    ['activate', true],
  ]);
  await app.close();
});

test('LicenseModule starts without a database', async () => {
  const app = await application('postgresql://x:y@127.0.0.1:1/z');
  const verdict = await app
    .get(LicenseRepository)
    .authorize(generateLicenseKey(), 'device-1' as DeviceId, 'peer-001' as PeerId);
  expect(verdict).toEqual({ outcome: 'refused', code: 'license_unavailable' });
  await app.close();
});
