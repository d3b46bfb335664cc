import 'reflect-metadata';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import type { ThrowawayPostgres } from './embedded/throwaway-postgres.js';
import { startThrowawayPostgres } from './embedded/throwaway-postgres.js';
import { generateLicenseKey } from './license-key.js';
import { LicenseOffice } from './license-office.js';
import { LicenseRepository } from './license-repository.js';
import { LicenseModule } from './license.module.js';
import { migrate } from './migrate.js';
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

async function application(databaseUrl: string) {
  const license = await LicenseModule.forRoot({ databaseUrl, poolSize: 2 });
  return NestFactory.createApplicationContext({ module: App, imports: [license] });
}

test('a Nest application is given the repository, the office and the watch', async () => {
  const app = await application(postgres.url);
  const license = (await app.get(LicenseOffice).issue(1, { maxDevices: 1, expiresAt: null }).next()).value?.[0];
  const verdict = await app
    .get(LicenseRepository)
    .authorize(license?.key ?? '', 'device-1' as DeviceId, 'peer-001' as PeerId);
  expect(verdict).toEqual({ outcome: 'accepted', licenseId: license?.id });
  expect(app.get(RevocationWatch)).toBeInstanceOf(RevocationWatch);
  await app.close();
});

test('a Nest application starts while the database is away', async () => {
  const app = await application('postgresql://x:y@127.0.0.1:1/z');
  const verdict = await app
    .get(LicenseRepository)
    .authorize(generateLicenseKey(), 'device-1' as DeviceId, 'peer-001' as PeerId);
  expect(verdict).toEqual({ outcome: 'refused', code: 'license_unavailable' });
  await app.close();
});
