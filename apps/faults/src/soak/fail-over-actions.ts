import { eventually, type Topology } from '@white-rabbit/testing';
import type { RedisProcess } from '@white-rabbit/testing/redis';
import { areInSync, primariesAmong, redisServers } from '../scenario/redis-servers.js';
import type { Random } from '../clients/random.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Action } from './action.js';

const SECOND = 1_000;
const FAIL_OVER_MS = 30_000;
/** Until a server that was killed or stopped is a replica in sync: Sentinels take their time. Milliseconds. */
const IN_SYNC_MS = 90_000;

/** A primary that fails, among all servers, and how many of them are primaries. */
interface Victim {
  readonly server: RedisProcess;
  readonly servers: readonly RedisProcess[];
  readonly primaries: number;
}

/** Faults of Redis servers with replicas. All are in sync again before the next one. */
export function failOverActions(topology: Exclude<Topology, 'single'>): readonly Action[] {
  const serversOf = ({ cluster }: Scenario) => redisServers(cluster, topology);
  const primaryFails = (
    name: string,
    breakIt: (victim: Victim, scenario: Scenario, random: Random) => Promise<void>,
  ): Action => ({
    name,
    weight: 3,
    breaks: 'redis',
    act: async (scenario, random, readiness) => {
      const servers = serversOf(scenario);
      const primaries = await primariesAmong(servers);
      const server = random.pick(primaries);
      if (server === undefined) return;
      scenario.outageBegan();
      await breakIt({ server, servers, primaries: primaries.length }, scenario, random);
      await inSync(servers, primaries.length);
      await readiness.afterOutage(scenario);
      scenario.outageEnded();
    },
  });
  return [
    primaryFails('a primary of Redis is killed, another server takes over, and it is back empty', async (victim) => {
      const { servers, primaries } = victim;
      await victim.server.kill();
      const isOver = async () => (await primariesAmong(servers)).length === primaries;
      await eventually('another server is the primary', isOver, { deadlineMs: FAIL_OVER_MS });
      await victim.server.restartEmpty();
    }),
    // Which servers are primaries is open for some seconds afterwards: there was a fail-over, or almost.
    primaryFails('a primary of Redis is stopped and continues', async ({ server }, { pass }, random) => {
      server.pause();
      await pass(random.between(1, 15) * SECOND);
      server.resume();
    }),
    {
      name: 'a replica of Redis is killed and back empty',
      weight: 1,
      breaks: 'redis',
      act: async (scenario, random) => {
        const servers = serversOf(scenario);
        const primaries = await primariesAmong(servers);
        const victim = random.pick(servers.filter((server) => !primaries.includes(server)));
        await victim?.kill();
        await scenario.pass(random.between(1, 10) * SECOND);
        await victim?.restartEmpty();
        await inSync(servers, primaries.length);
      },
    },
  ];
}

function inSync(servers: readonly RedisProcess[], primaries: number): Promise<unknown> {
  return eventually('all servers are in sync', () => areInSync(servers, primaries), { deadlineMs: IN_SYNC_MS });
}
