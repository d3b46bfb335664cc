import { setTimeout as sleep } from 'node:timers/promises';
import type { Topology } from '@white-rabbit/testing';
import { ask } from '@white-rabbit/testing/redis';
import type { Row } from '../row.js';
import { redisServers } from '../scenario/redis-servers.js';
import { Scenario } from '../scenario/scenario.js';
import { sized } from './sized.js';

const CLIENTS = 300;
/** Until a replica has become the primary. Milliseconds. */
const FAIL_OVER_MS = 30_000;
/** After that. Milliseconds. */
const BACK_MS = 10_000;

/** The primary that is killed is the first server of each topology. */
function failOver(redis: Exclude<Topology, 'single'>): Row {
  return {
    number: 8,
    variant: redis,
    title: redis === 'sentinel' ? 'Fail-over by Sentinels' : 'A primary of a Redis Cluster is killed',
    promise: 'bus and presence right ≤ 10 s after the fail-over; no node stays deaf',
    run: async (run, scale) => {
      await using scenario = await Scenario.start(run, { gateways: 3, clients: sized(CLIENTS, scale), redis });
      const servers = redisServers(scenario.cluster, redis);
      const primaries = await primariesOf(servers);
      const endings = scenario.endings;
      scenario.outageBegan();
      await servers[0]?.kill();
      const failOverMs = await scenario.until(async () => (await primariesOf(servers)) === primaries, FAIL_OVER_MS);
      scenario.outageEnded();
      const readyMs = await scenario.until(() => scenario.areReady(), 3 * BACK_MS);
      const rightMs = await scenario.until(() => scenario.isRight, 3 * BACK_MS);
      run.figures.add('fail-over', Math.round(failOverMs), 'ms');
      run.figures.add('gateways ready after it', Math.round(readyMs), 'ms', { atMost: BACK_MS });
      run.figures.add('presence right after it', Math.round(readyMs + rightMs), 'ms', { atMost: BACK_MS });
      run.figures.add('sockets closed', scenario.endings - endings, '', { exactly: 0 });
      const deaf = await scenario.deafGateways();
      run.figures.add('deaf gateways', deaf, '', { exactly: 0 });
      await sleep(BACK_MS);
      await scenario.finish();
    },
  };
}

async function primariesOf(servers: ReturnType<typeof redisServers>): Promise<number> {
  const roles = await Promise.all(servers.map(({ port }) => ask(port, 'role').catch(() => '')));
  return roles.filter((role) => role.startsWith('master')).length;
}

export const sentinelFailOver = failOver('sentinel');
export const clusterFailOver = failOver('cluster');
