import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { DeviceId, PeerId, PublicKey } from '@white-rabbit/protocol';
import { type RoleUrls, createRoleLogins } from '../src/embedded/role-logins.js';
import { type ReplicatedPostgres, startReplicatedPostgres } from '../src/embedded/throwaway-postgres.js';
import { LicenseAdmin } from '../src/license-admin.js';
import { type LicenseKey, generateLicenseKey } from '../src/license-key.js';
import { openLicenseOrm } from '../src/license-orm.js';
import { LICENSE_DEADLINE_MS } from '../src/license-repository.js';
import { parseLicenseReference } from '../src/license-records.js';
import { migrate } from '../src/migrate.js';
import { type PgPool, pgPool } from '../src/pg-pool.js';
import { PostgresLicenseRepository } from '../src/postgres-license-repository.js';
import { ReadReplica } from '../src/read-replica.js';
import type { Verdict } from '../src/verdict.js';

const DEVICE = 'device-known' as DeviceId;
const PEER = 'peer-known' as PeerId;
/** For a replica on a busy machine. */
const PATIENT_MS = 2_000;

let postgres: ReplicatedPostgres;
let urls: RoleUrls;
let orms: MikroORM[];
let writer: PgPool;
let standby: PgPool;
let admin: LicenseAdmin;

beforeAll(async () => {
  postgres = await startReplicatedPostgres();
  urls = await createRoleLogins(postgres.writer.url);
  await migrate(urls.wr_owner);
  const open = (databaseUrl: string) => openLicenseOrm({ databaseUrl, poolSize: 2 });
  const [gateway, operator] = [await open(urls.wr_gateway), await open(urls.wr_admin)];
  const [first, second] = [await open(postgres.writer.url), await open(postgres.replica.urlOf(postgres.writer.url))];
  orms = [gateway, operator, first, second];
  writer = await pgPool(first);
  standby = await onceReplicated(async () => {
    const connections = await pgPool(second);
    await connections.query('select');
    return connections;
  });
  admin = new LicenseAdmin(operator);
}, 60_000);
afterAll(async () => {
  for (const orm of orms) await orm.close();
  await postgres.replica.stop();
  await postgres.writer.stop();
});

describe('A license check with a read replica', () => {
  let replica: ReadReplica;
  let licenses: PostgresLicenseRepository;
  let key: LicenseKey;
  /** Checks that the replica answered, and that the writer did. */
  let asked: { replica: number; writer: number };
  let clockMs: number;

  const open = async (databaseUrl: string): Promise<void> => {
    asked = { replica: 0, writer: 0 };
    clockMs = 0;
    const clock = { now: () => clockMs, after: () => () => undefined };
    const onLookUp = () => (asked.replica += 1);
    replica = await ReadReplica.open({ databaseUrl, clock, deadlineMs: PATIENT_MS, onLookUp });
    const onQuery = (query: string) => (asked.writer += query === 'revocations' ? 0 : 1);
    licenses = new PostgresLicenseRepository(writerOrm(), { replica, onQuery });
  };
  const check = (ofKey: string = key, device = DEVICE, peer = PEER): Promise<Verdict> =>
    licenses.authorize(ofKey, device, peer);
  /** As the revocation watch does every second. */
  const poll = () => licenses.changedSince(undefined);
  const caughtUp = async () => {
    const { rows } = await writer.query<{ lsn: string }>('select pg_current_wal_insert_lsn()::text as lsn');
    for (;;) {
      const { rows: replayed } = await standby.query<{ fresh: boolean }>(
        'select pg_last_wal_replay_lsn() >= $1::pg_lsn as fresh',
        [rows[0]?.lsn],
      );
      if (replayed[0]?.fresh === true) return;
    }
  };

  beforeEach(async () => {
    await writer.query('delete from binding');
    await writer.query('delete from identity');
    await open(postgres.replica.urlOf(urls.wr_gateway));
    key = (await admin.issue(1, { maxDevices: 2, expiresAt: null }).next()).value?.[0]?.key ?? fail();
    expect(await check()).toMatchObject({ outcome: 'accepted' });
    await poll();
    await caughtUp();
    asked = { replica: 0, writer: 0 };
  });
  afterEach(async () => {
    await standby.query('select pg_wal_replay_resume()');
    await replica.onApplicationShutdown();
  }, 20_000);

  it('accepts a known device without a query to the writer', async () => {
    expect(await check()).toMatchObject({ outcome: 'accepted' });
    expect(await check()).toMatchObject({ outcome: 'accepted' });
    expect(asked).toEqual({ replica: 2, writer: 0 });
  });

  it('lets the writer decide what the replica would refuse or has to bind', async () => {
    expect(await check(generateLicenseKey())).toEqual({ outcome: 'refused', code: 'license_invalid' });
    expect(await check(key, DEVICE, 'peer-other' as PeerId)).toMatchObject({ code: 'license_identity_mismatch' });
    expect(asked.writer).toBe(2);
    expect(await check(key, 'device-new' as DeviceId, 'peer-newer' as PeerId)).toMatchObject({ outcome: 'accepted' });
    expect(asked.writer).toBe(4);
  });

  it('accepts at the writer what the replica does not know yet', async () => {
    await standby.query('select pg_wal_replay_pause()');
    const [device, peer] = ['device-new' as DeviceId, 'peer-newer' as PeerId];
    expect(await check(key, device, peer)).toMatchObject({ outcome: 'accepted' });
    expect(await check(key, device, peer)).toMatchObject({ outcome: 'accepted' });
  });

  it('refuses a license that was revoked before the last poll, however far behind the replica is', async () => {
    await standby.query('select pg_wal_replay_pause()');
    await admin.revoke(parseLicenseReference(key) ?? fail());
    const { rows } = await standby.query<{ revoked: number }>(
      `select count(*)::int as revoked from license where state = 'revoked'`,
    );
    expect(rows).toEqual([{ revoked: 0 }]);
    const { changes } = await poll();
    expect(changes.map(({ kind }) => kind)).toContain('revoked');
    expect(await check()).toEqual({ outcome: 'refused', code: 'license_revoked' });
    await standby.query('select pg_wal_replay_resume()');
    await caughtUp();
    expect(await check()).toEqual({ outcome: 'refused', code: 'license_revoked' });
  });

  it('accepts no device without its key that has shown one before the last poll, however far behind the replica is', async () => {
    const publicKey = randomBytes(32).toString('base64url') as PublicKey;
    await standby.query('select pg_wal_replay_pause()');
    expect(await licenses.authorize(key, DEVICE, PEER, { publicKey })).toMatchObject({ outcome: 'accepted' });
    await poll();
    expect(await check()).toEqual({ outcome: 'refused', code: 'proof_required' });
    await standby.query('select pg_wal_replay_resume()');
    await caughtUp();
    asked = { replica: 0, writer: 0 };
    expect(await check()).toEqual({ outcome: 'refused', code: 'proof_required' });
    expect(await licenses.authorize(key, DEVICE, PEER, { publicKey })).toMatchObject({ outcome: 'accepted' });
    expect(asked).toEqual({ replica: 2, writer: 1 });
  });

  it('asks the writer before the first poll, and if the last poll is older than 3 s', async () => {
    clockMs = 3_001;
    expect(await check()).toMatchObject({ outcome: 'accepted' });
    expect(asked).toEqual({ replica: 0, writer: 1 });
    await poll();
    await caughtUp();
    expect(await check()).toMatchObject({ outcome: 'accepted' });
    expect(asked).toEqual({ replica: 1, writer: 1 });

    await replica.onApplicationShutdown();
    await open(postgres.replica.urlOf(urls.wr_gateway));
    expect(await check()).toMatchObject({ outcome: 'accepted' });
    expect(asked).toEqual({ replica: 0, writer: 1 });
  });

  it.each([
    ['does not answer', () => 'postgresql://x:y@127.0.0.1:1/z', 1],
    ['is no replica', () => urls.wr_gateway, 0],
  ])('asks the writer if the replica %s', async (_, url, lookUps) => {
    await replica.onApplicationShutdown();
    await open(url());
    await poll();
    for (let n = 0; n < 2; n += 1) expect(await check()).toMatchObject({ outcome: 'accepted' });
    // A replica that fails is left alone for 5 s.
    expect(asked).toEqual({ replica: lookUps, writer: 2 });
  });

  it('asks the writer within its time if the replica hangs', async () => {
    await replica.onApplicationShutdown();
    replica = await ReadReplica.open({ databaseUrl: postgres.replica.urlOf(urls.wr_gateway) });
    licenses = new PostgresLicenseRepository(writerOrm(), { replica });
    // New connections are not answered any more.
    process.kill(postgres.replica.pid, 'SIGSTOP');
    try {
      await poll();
      const startMs = performance.now();
      expect(await check()).toMatchObject({ outcome: 'accepted' });
      expect(performance.now() - startMs).toBeLessThan(LICENSE_DEADLINE_MS);
    } finally {
      process.kill(postgres.replica.pid, 'SIGCONT');
    }
  });
});

/** Tries until the database has reached the replica, for 20 s. */
async function onceReplicated<T>(open: () => Promise<T>): Promise<T> {
  const endMs = performance.now() + 20_000;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (performance.now() > endMs) throw error;
    }
  }
}

function writerOrm(): MikroORM {
  return orms[0] ?? fail();
}

function fail(): never {
  throw new Error('It is missing.');
}
