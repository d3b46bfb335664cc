import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import { type DeviceId, type PeerId, type PublicKey, peerOfKey } from '@white-rabbit/protocol';
import { type DeviceHash, deviceHash } from '../src/device-hash.js';
import { type RoleUrls, createRoleLogins } from '../src/embedded/role-logins.js';
import { type ThrowawayPostgres, startThrowawayPostgres } from '../src/embedded/throwaway-postgres.js';
import type { LicenseKey } from '../src/license-key.js';
import { LicenseAdmin } from '../src/license-admin.js';
import { openLicenseOrm } from '../src/license-orm.js';
import { type LicenseTerms, type LicenseReference, parseLicenseReference } from '../src/license-records.js';
import { migrate } from '../src/migrate.js';
import { PostgresLicenseRepository } from '../src/postgres-license-repository.js';
import { type PgClient, type PgPool, onConnection, pgPool } from '../src/pg-pool.js';
import type { RefusalCode, Verdict } from '../src/verdict.js';

/**
 * A real database for the suite that imports this, with a repository that has the rights of a gateway, and a LicenseAdmin
 * that has those of an operator. `pool` is of a superuser. Set before its first test.
 */
export let postgres: ThrowawayPostgres;
export let urls: RoleUrls;
export let pool: PgPool;
export let admin: LicenseAdmin;
export let licenses: PostgresLicenseRepository;
let orms: MikroORM[];

/** Functions that run after each test, the last one first. */
export const teardown: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  postgres = await startThrowawayPostgres();
  urls = await createRoleLogins(postgres.url);
  await migrate(urls.wr_owner);
  const open = (databaseUrl: string) => openLicenseOrm({ databaseUrl });
  const [superuser, operator, gateway] = [
    await open(postgres.url),
    await open(urls.wr_admin),
    await open(urls.wr_gateway),
  ];
  orms = [superuser, operator, gateway];
  pool = await pgPool(superuser);
  admin = new LicenseAdmin(operator);
  licenses = new PostgresLicenseRepository(gateway);
}, 30_000);

afterEach(async () => {
  for (const undo of teardown.splice(0).reverse()) await undo();
});

afterAll(async () => {
  for (const orm of orms) await orm.close();
  await postgres.stop();
});

let lastPerson = 0;

/** A new device and peer. */
export function newIdentity(): [DeviceId, PeerId] {
  const n = ++lastPerson;
  return [`device-${n}` as DeviceId, `peer-${n}-x` as PeerId];
}

/** A device and a peer with the key that the client has shown: the arguments of `authorize` after the license key. */
export type KeyOwner = readonly [DeviceId, PeerId, { readonly publicKey: PublicKey }];

/** A new key. Gateways verify proofs; the license database gets keys whose possession was shown. */
export const newKey = (): PublicKey => randomBytes(32).toString('base64url') as PublicKey;

/** A new device and peer with a key. */
export function newKeyOwner(): KeyOwner {
  return [...newIdentity(), { publicKey: newKey() }];
}

/** A new device whose peer is its key. */
export function newKeyPeer(): KeyOwner {
  const publicKey = newKey();
  return [newIdentity()[0], peerOfKey(publicKey), { publicKey }];
}

/** The devices that are bound to a license, in the order of their slots. */
export async function boundTo(key: LicenseKey): Promise<readonly DeviceHash[]> {
  return (await admin.show(reference(key)))?.bindings.map((one) => one.deviceHash) ?? [];
}

/** The hashes of the devices of these identities. */
export function devicesOf(...identities: readonly (readonly [DeviceId, ...unknown[]])[]): readonly DeviceHash[] {
  return identities.map(([device]) => deviceHash(device));
}

/** The key of a new license, by default for one device and without expiry. */
export async function issue(terms: Partial<LicenseTerms> = {}): Promise<LicenseKey> {
  for await (const [license] of admin.issue(1, { maxDevices: 1, expiresAt: null, ...terms }))
    if (license !== undefined) return license.key;
  throw new Error('Nothing was issued.');
}

/** The reference by key or id. */
export function reference(key: string): LicenseReference {
  const found = parseLicenseReference(key);
  if (found === undefined) throw new Error('Not a key.');
  return found;
}

export const refusal = (code: RefusalCode): Verdict => ({ outcome: 'refused', code });
export const accepted: unknown = expect.objectContaining({ outcome: 'accepted' });
export const codeOf = (verdict: Verdict) => (verdict.outcome === 'accepted' ? 'accepted' : verdict.code);

/** Runs `work` in one transaction of the pool: committed when it resolves, gone with its connection when it rejects. */
export async function inTransaction<T>(pool: PgPool, work: (client: PgClient) => Promise<T>): Promise<T> {
  return onConnection(pool, async (client) => {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  });
}

/** Rows, of `from …`. */
export async function count(sql: string): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n ${sql}`);
  return rows[0]?.n ?? -1;
}

/** Polls until the condition holds; rejects after 5 s. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!(await isSo())) if (performance.now() > deadline) throw new Error('The condition did not hold in time.');
}

/** Runs statements one after the other on a connection without time limits. */
export async function unhurried(...statements: readonly string[]): Promise<void> {
  const other = await openLicenseOrm({ databaseUrl: postgres.url, poolSize: 1, statementTimeoutMs: 0 });
  try {
    const connection = await pgPool(other);
    for (const statement of statements) await connection.query(statement);
  } finally {
    await other.close();
  }
}

/** What an operator runs to revoke many licenses at once: statements of a size that commits well within the overlap. */
export function revokeMany(many: number, where: string): readonly string[] {
  const size = 10_000;
  const statement = `update license set state = 'revoked', revoked_at = clock_timestamp()
    where id in (select id from license where state = 'active' and ${where} limit ${size})`;
  return Array.from({ length: many / size }, () => statement);
}
