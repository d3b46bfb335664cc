import { newIdentity, type Registration, type TestCluster } from '@white-rabbit/testing';
import pg from 'pg';

/** A device that is new to its license, which allows no other. */
export interface NewDevice {
  readonly identity: Registration;
  readonly licenseId: string;
}

/** New devices, each with a license of its own. */
export async function newDevices(cluster: TestCluster, count: number): Promise<readonly NewDevice[]> {
  const licenses = await cluster.licenses.issue({ count });
  return licenses.map(({ id, license_key }, n) => ({
    identity: { ...newIdentity(`new${n}`), license_key },
    licenseId: id,
  }));
}

/** What the tables `identity` and `binding` hold of an activation. */
export type Activated = 'whole' | 'absent' | 'in part';

/** Reads it for each of the devices, in their order, from the database itself. */
export async function activationsOf(
  cluster: TestCluster,
  devices: readonly NewDevice[],
): Promise<readonly Activated[]> {
  const rows = await read<{ peer_id: string | null; license_id: string | null }>(
    cluster,
    `select peer_id, license_id from identity full join binding using (device_hash)
     where peer_id = any ($1) or license_id = any ($2)`,
    [devices.map(({ identity }) => identity.peer_id), devices.map(({ licenseId }) => licenseId)],
  );
  return devices.map(({ identity, licenseId }) => {
    const own = rows.filter((row) => row.peer_id === identity.peer_id || row.license_id === licenseId);
    if (own.length === 0) return 'absent';
    const isWhole = own.length === 1 && own[0]?.peer_id === identity.peer_id && own[0].license_id === licenseId;
    return isWhole ? 'whole' : 'in part';
  });
}

/** Holds the rows of their licenses, so that each activation waits on its connection until the result is called. */
export async function holdLicenses(cluster: TestCluster, devices: readonly NewDevice[]): Promise<() => Promise<void>> {
  const database = new pg.Client(cluster.databaseUrl);
  await database.connect();
  await database.query('begin');
  await database.query('select from license where id = any ($1) for update', [
    devices.map(({ licenseId }) => licenseId),
  ]);
  return () => database.end();
}

/** Transactions of gateways that have begun, and wait for their next statement. */
export async function openTransactions(cluster: TestCluster): Promise<number> {
  const rows = await read(cluster, `select from pg_stat_activity where state = 'idle in transaction'`);
  return rows.length;
}

async function read<T extends pg.QueryResultRow>(
  cluster: TestCluster,
  query: string,
  values: readonly unknown[] = [],
): Promise<readonly T[]> {
  const database = new pg.Client(cluster.databaseUrl);
  await database.connect();
  try {
    return (await database.query<T>(query, [...values])).rows;
  } finally {
    await database.end();
  }
}
