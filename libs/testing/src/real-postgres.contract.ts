import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { schemaState } from '@white-rabbit/license';
import { Licenses } from './licenses.js';
import { startBreakablePostgres, startPostgres, type RealPostgres } from './real-postgres.js';

let postgres: RealPostgres;

beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);

afterAll(() => postgres.stop());

describe('startPostgres', () => {
  it('creates separate databases, at the schema of this version', async () => {
    const [one, other] = await Promise.all([postgres.createDatabase(), postgres.createDatabase()]);
    expect(one).not.toBe(other);
    expect(await schemaState(one)).toBe('current');
  }, 20_000);

  it('provides an administration that issues licenses', async () => {
    const licenses = await Licenses.open(await postgres.createDatabase());
    const issued = await licenses.issue({ count: 3, maxDevices: 2 });
    expect(new Set(issued.map(({ license_key }) => license_key)).size).toBe(3);
    await licenses.close();
  }, 20_000);
});

describe('startBreakablePostgres', () => {
  it('has what was committed, at the same address, after it was killed and started again', async () => {
    const breakable = await startBreakablePostgres();
    const database = await breakable.createDatabase();
    const before = await Licenses.open(database);
    const [issued] = await before.issue({ count: 1 });
    await before.close();
    await breakable.kill();
    await expect(schemaState(database)).rejects.toThrow();
    await breakable.restart();
    const after = await Licenses.open(database);
    await after.revoke(issued?.license_key ?? '');
    await after.close();
    await breakable.stop();
  }, 60_000);
});
