import type { Topology } from '@white-rabbit/testing';
import type { Row } from '../row.js';
import { primariesAmong, redisServers } from '../scenario/redis-servers.js';
import { outageRow } from './outage.js';

/** Until a replica has become the primary. Milliseconds. */
const FAIL_OVER_MS = 30_000;

/** The primary that is killed is the first server of each topology. */
function failOver(redis: Exclude<Topology, 'single'>, title: string): Row {
  const promise = 'bus and presence right ≤ 10 s after the fail-over; no node stays deaf';
  return outageRow({ number: 8, variant: redis, title, promise }, ({ figures }) => ({
    redis,
    signals: { acked: 0.5, isCalm: false },
    breakIt: async (scenario) => {
      const servers = redisServers(scenario.cluster, redis);
      const { length: primaries } = await primariesAmong(servers);
      await servers[0]?.kill();
      const isOver = async () => (await primariesAmong(servers)).length === primaries;
      const tookMs = await scenario.until(isOver, FAIL_OVER_MS);
      figures.add('fail-over', Math.round(tookMs), 'ms', { atMost: FAIL_OVER_MS });
    },
  }));
}

export const sentinelFailOver = failOver('sentinel', 'Fail-over by Sentinels: the primary is killed');
export const clusterFailOver = failOver('cluster', 'A primary of a Redis Cluster is killed');
