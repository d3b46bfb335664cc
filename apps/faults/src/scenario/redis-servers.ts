import type { TestCluster, Topology } from '@white-rabbit/testing';
import { ask, type RedisProcess } from '@white-rabbit/testing/redis';

/** All Redis servers of a cluster; some may not be running. */
export function redisServers(cluster: TestCluster, topology: Topology): readonly RedisProcess[] {
  switch (topology) {
    case 'single':
      return [cluster.faults.redis];
    case 'sentinel':
      return [cluster.redisSentinel.primary, cluster.redisSentinel.replica];
    case 'cluster':
      return [...cluster.redisCluster.primaries, ...cluster.redisCluster.replicas];
  }
}

/** Those of the servers that are running as primaries. */
export async function primariesAmong(servers: readonly RedisProcess[]): Promise<readonly RedisProcess[]> {
  const roles = await rolesOf(servers);
  return servers.filter((_, index) => roles[index]?.startsWith('master'));
}

/** Whether so many of the servers are primaries, and all others replicas with a connection to theirs. */
export async function areInSync(servers: readonly RedisProcess[], primaries: number): Promise<boolean> {
  const roles = await rolesOf(servers);
  const replicas = roles.filter((role) => role.startsWith('slave') && role.includes(',connected,'));
  return (
    roles.filter((role) => role.startsWith('master')).length === primaries &&
    replicas.length === servers.length - primaries
  );
}

/** The answers to `ROLE`; empty for a server that does not answer. */
function rolesOf(servers: readonly RedisProcess[]): Promise<readonly string[]> {
  return Promise.all(servers.map(({ port }) => ask(port, 'role').catch(() => '')));
}

/** Keys that may be there without any session: the counters of limits, which expire. */
const EXPIRING = 'wr:limit:';

/** The keys of routes and nodes on all primaries that answer. */
export async function keysIn(servers: readonly RedisProcess[]): Promise<readonly string[]> {
  const found = await Promise.all(servers.map(keysOf));
  return found.flat().filter((key) => !key.startsWith(EXPIRING));
}

async function keysOf({ port }: RedisProcess): Promise<readonly string[]> {
  try {
    if (!(await ask(port, 'role')).startsWith('master')) return [];
    return (await ask(port, 'keys', 'wr:*')).split(',').filter((key) => key !== '');
  } catch {
    // It is not running: it has no keys.
    return [];
  }
}
