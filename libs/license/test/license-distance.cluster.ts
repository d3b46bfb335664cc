import { describe, expect, test } from '@jest/globals';
import { openLicenseOrm } from '../src/license-orm.js';
import { PostgresLicenseRepository } from '../src/postgres-license-repository.js';
import type { Verdict } from '../src/verdict.js';
import { distantPostgres } from './distant-postgres.js';
import {
  admin,
  accepted,
  boundTo,
  devicesOf,
  issue,
  licenses as nearby,
  newIdentity,
  refusal,
  teardown,
} from './license-scene.js';

/** Long enough that a client on a busy machine has sent all that it sends without waiting. Ms. */
const COUNTED_MS = 80;
/** From one side of the earth to the other and back. Ms. */
const FARTHEST_MS = 300;

/** A gateway at this distance from the database. */
async function gatewayAt(roundTripMs: number) {
  const network = await distantPostgres(roundTripMs);
  const orm = await openLicenseOrm({ databaseUrl: network.url });
  teardown.push(() => orm.close());
  const licenses = new PostgresLicenseRepository(orm, { transferDays: 30 });
  const roundTripsOf = async (check: () => Promise<Verdict>) => {
    const before = network.roundTrips;
    return { verdict: await check(), roundTrips: network.roundTrips - before };
  };
  return { network, licenses, roundTripsOf };
}

describe('The round trips to PostgreSQL', () => {
  test('are 1 for a known device or a refusal, 3 for a first register or a transfer', async () => {
    const { licenses, roundTripsOf } = await gatewayAt(COUNTED_MS);
    // The first checks open the connections, and prepare the statements.
    await licenses.authorize(await issue(), ...newIdentity());
    const [key, first, second, third] = [await issue(), newIdentity(), newIdentity(), newIdentity()];
    const register = (identity: typeof first, wantsTransfer = false) =>
      roundTripsOf(() => licenses.authorize(key, ...identity, { wantsTransfer }));
    expect(await register(first)).toEqual({ verdict: accepted, roundTrips: 3 });
    expect(await register(first)).toEqual({ verdict: accepted, roundTrips: 1 });
    expect(await register(second)).toEqual({ verdict: refusal('license_device_limit'), roundTrips: 1 });
    expect(await register(second, true)).toEqual({ verdict: accepted, roundTrips: 3 });
    expect(await register(third, true)).toMatchObject({
      verdict: { code: 'license_transfer_too_soon' },
      roundTrips: 1,
    });
  });

  test('are 1 for 40 known devices at the same time, on one connection', async () => {
    const { licenses, roundTripsOf } = await gatewayAt(COUNTED_MS);
    const key = await issue({ maxDevices: 40 });
    const known = Array.from({ length: 40 }, newIdentity);
    for (const identity of known) expect(await nearby.authorize(key, ...identity)).toEqual(accepted);
    await licenses.authorize(key, ...newIdentity());
    const { roundTrips } = await roundTripsOf(async () => {
      const verdicts = await Promise.all(known.map((identity) => licenses.authorize(key, ...identity)));
      expect(verdicts).toEqual(known.map(() => accepted));
      return refusal('license_invalid');
    });
    expect(roundTrips).toBe(1);
  }, 20_000);
});

describe('With a round trip of 300 ms to PostgreSQL,', () => {
  test('a device registers, comes back and moves its license, from the first connections on', async () => {
    const { licenses } = await gatewayAt(FARTHEST_MS);
    // As the poll does, which begins before a client is there.
    await licenses.changedSince(undefined);
    const [key, device, newer] = [await issue(), newIdentity(), newIdentity()];
    expect(await licenses.authorize(key, ...device)).toEqual(accepted);
    expect(await licenses.authorize(key, ...device)).toEqual(accepted);
    expect(await licenses.authorize(key, ...newer, { wantsTransfer: true })).toEqual(accepted);
    expect(await boundTo(key)).toEqual(devicesOf(newer));
  }, 20_000);

  test('200 devices of 200 licenses come back at the same time', async () => {
    const { licenses } = await gatewayAt(FARTHEST_MS);
    const issued = await admin.issue(200, { maxDevices: 1, expiresAt: null }).next();
    const known = (issued.value ?? []).map(({ key }) => [key, newIdentity()] as const);
    expect(known).toHaveLength(200);
    for (const [key, identity] of known) expect(await nearby.authorize(key, ...identity)).toEqual(accepted);
    const verdicts = await Promise.all(known.map(([key, identity]) => licenses.authorize(key, ...identity)));
    expect(verdicts).toEqual(known.map(() => accepted));
  }, 20_000);
});

describe('A shared connection that is lost', () => {
  test('fails all look-ups in flight with the same reason, and the next one uses a new connection', async () => {
    const reasons: string[] = [];
    const network = await distantPostgres(COUNTED_MS);
    const orm = await openLicenseOrm({ databaseUrl: network.url });
    teardown.push(() => orm.close());
    const licenses = new PostgresLicenseRepository(orm, { onUnavailable: (reason) => reasons.push(reason) });
    const [key, identity] = [await issue(), newIdentity()];
    expect(await licenses.authorize(key, ...identity)).toEqual(accepted);
    const checks = Array.from({ length: 20 }, () => licenses.authorize(key, ...identity));
    network.cut();
    for (const verdict of await Promise.all(checks)) expect(verdict).toEqual(refusal('license_unavailable'));
    expect(reasons).toHaveLength(20);
    expect(new Set(reasons).size).toBe(1);
    expect(await licenses.authorize(key, ...identity)).toEqual(accepted);
  });
});
