import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLicenseOrm } from '../license-orm.js';
import { migrate } from '../migrate.js';
import { pgPool } from '../pg-pool.js';
import { EmbeddedPostgresInUse, findEmbeddedDatabaseUrl, startEmbeddedPostgres } from './embedded-postgres.js';

let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'white-rabbit-embedded-'));
  await chmod(dataDir, 0o711);
});

afterAll(() => rm(dataDir, { recursive: true, force: true }));

async function query(databaseUrl: string, sql: string): Promise<unknown[]> {
  const orm = await openLicenseOrm({ databaseUrl, poolSize: 1 });
  try {
    return (await (await pgPool(orm)).query(sql)).rows;
  } finally {
    await orm.close();
  }
}

const serverPid = async () =>
  Number((await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0]);

/** Ends when the process is no more. */
async function killed(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await once(spawn('sh', ['-c', `while kill -0 ${pid} 2>/dev/null; do sleep 0.02; done`]), 'exit');
}

describe('The embedded PostgreSQL', () => {
  test('keeps its data between two starts', async () => {
    expect(await findEmbeddedDatabaseUrl(dataDir)).toBeUndefined();
    const first = await startEmbeddedPostgres({ dataDir });
    await migrate(first.url);
    await query(first.url, `insert into identity values ('device-1', 'peer-001')`);
    await first.stop();
    const second = await startEmbeddedPostgres({ dataDir });
    expect(await query(second.url, 'select * from identity')).toEqual([
      { device_hash: 'device-1', peer_id: 'peer-001', public_key: null },
    ]);
    await second.stop();
  }, 30_000);

  test('is found while it runs, listens on loopback only and stores its password for its owner only', async () => {
    const server = await startEmbeddedPostgres({ dataDir });
    expect(await findEmbeddedDatabaseUrl(dataDir)).toBe(server.url);
    expect(await query(server.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600);
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    await server.stop();
    expect(await findEmbeddedDatabaseUrl(dataDir)).toBeUndefined();
  }, 30_000);

  test('refuses a second gateway and keeps running for the first', async () => {
    const server = await startEmbeddedPostgres({ dataDir });
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(EmbeddedPostgresInUse);
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
  }, 30_000);

  test('belongs to one of two gateways that start at the same time on an empty directory', async () => {
    const fresh = join(dataDir, 'fresh');
    const starts = await Promise.allSettled([1, 2].map(() => startEmbeddedPostgres({ dataDir: fresh })));
    const servers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    expect(servers).toHaveLength(1);
    expect(await query(servers[0]?.url ?? '', 'select 1 as one')).toEqual([{ one: 1 }]);
    await servers[0]?.stop();
  }, 30_000);

  test('starts again after it was killed', async () => {
    const first = await startEmbeddedPostgres({ dataDir });
    await killed(await serverPid());
    const second = await startEmbeddedPostgres({ dataDir });
    expect(await query(second.url, 'select peer_id from identity')).toEqual([{ peer_id: 'peer-001' }]);
    await second.stop();
    await first.stop().catch(() => undefined);
  }, 30_000);

  test('is taken over from a gateway that was killed', async () => {
    const first = await startEmbeddedPostgres({ dataDir });
    const pid = await serverPid();
    // All that a server sees of the death of a gateway: its connections end.
    await query(first.url, `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()`);
    const second = await startEmbeddedPostgres({ dataDir });
    expect(second.url).toBe(first.url);
    expect(await serverPid()).toBe(pid);
    await second.stop();
  }, 30_000);

  test('writes no value of a failed query to its log', async () => {
    const server = await startEmbeddedPostgres({ dataDir });
    await expect(query(server.url, `insert into identity values ('canary-device', 'peer-001')`)).rejects.toThrow();
    await server.stop();
    expect(await readFile(join(dataDir, 'cluster', 'server.log'), 'utf8')).not.toMatch(/canary|peer-001/);
  }, 30_000);
});
