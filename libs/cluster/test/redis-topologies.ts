import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RedisProcess, ask, freePort, startRedis, startRedisCluster, until } from './redis-process.js';

/** A primary, its replica and one Sentinel that alone decides. */
export interface SentinelSetup {
  readonly sentinel: string;
  readonly name: string;
  readonly primary: RedisProcess;
  readonly replica: RedisProcess;
  stop(): Promise<void>;
}

/** Starts them; resolves when the Sentinel knows the replica. A primary that is silent for 1 s counts as down. */
export async function startSentinel(): Promise<SentinelSetup> {
  const [primary, replica] = await Promise.all([startRedis(), startRedis()]);
  await ask(replica.port, 'replicaof', '127.0.0.1', String(primary.port));
  const folder = await mkdtemp(join(tmpdir(), 'wr-sentinel-'));
  const port = await freePort();
  const file = join(folder, 'sentinel.conf');
  const settings = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor wr 127.0.0.1 ${primary.port} 1`,
    'sentinel down-after-milliseconds wr 1000',
    'sentinel failover-timeout wr 5000',
  ];
  await writeFile(file, `${settings.join('\n')}\n`);
  const child = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  await until(
    () =>
      ask(port, 'sentinel', 'replicas', 'wr').then(
        (text) => text.includes(String(replica.port)) && text.includes('master-link-status,ok'),
        () => false,
      ),
    20_000,
  );
  return {
    sentinel: `127.0.0.1:${port}`,
    name: 'wr',
    primary,
    replica,
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      await Promise.all([primary.stop(), replica.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A cluster of three primaries of which the first has a replica. */
export async function startReplicatedCluster(): Promise<{ primaries: readonly RedisProcess[]; replica: RedisProcess }> {
  const primaries = await startRedisCluster();
  const [first] = primaries as [RedisProcess];
  const replica = await startRedis(['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000']);
  const id = await ask(first.port, 'cluster', 'myid');
  await ask(replica.port, 'cluster', 'meet', '127.0.0.1', String(first.port));
  await until(async () => (await ask(replica.port, 'cluster', 'nodes')).includes(id), 10_000);
  await ask(replica.port, 'cluster', 'replicate', id);
  await until(async () => (await ask(replica.port, 'info', 'replication')).includes('master_link_status:up'), 15_000);
  return { primaries, replica };
}
