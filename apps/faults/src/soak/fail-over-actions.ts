import { eventually, type Topology } from '@white-rabbit/testing';
import type { RedisProcess } from '@white-rabbit/testing/redis';
import { areInSync, primariesAmong, redisServers } from '../scenario/redis-servers.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Action } from './action.js';
import type { Readiness } from './readiness.js';

const SECOND = 1_000;
const FAIL_OVER_MS = 30_000;
/** Until a server that was killed or stopped is a replica in sync: Sentinels take their time. Milliseconds. */
const IN_SYNC_MS = 90_000;

/** Faults of Redis servers with replicas. All are in sync again before the next one. */
export function failOverActions(topology: Exclude<Topology, 'single'>): readonly Action[] {
  const serversOf = ({ cluster }: Scenario) => redisServers(cluster, topology);
  return [
    {
      name: 'a primary of Redis is killed, another server takes over, and it is back empty',
      weight: 3,
      breaks: 'redis',
      act: async (scenario, random, readiness) => {
        const servers = serversOf(scenario);
        const primaries = await primariesAmong(servers);
        const victim = random.pick(primaries);
        if (victim === undefined) return;
        scenario.outageBegan();
        await victim.kill();
        await failOver(servers, primaries.length);
        await victim.restartEmpty();
        await inSync(servers, primaries.length);
        await ready(scenario, readiness);
      },
    },
    {
      name: 'a primary of Redis is stopped and continues',
      weight: 3,
      breaks: 'redis',
      act: async (scenario, random, readiness) => {
        const servers = serversOf(scenario);
        const primaries = await primariesAmong(servers);
        const victim = random.pick(primaries);
        if (victim === undefined) return;
        await stopFor(scenario, victim, random.between(1, 15) * SECOND);
        // Which servers are primaries is open for some seconds: there was a fail-over, or almost.
        await inSync(servers, primaries.length);
        await ready(scenario, readiness);
      },
    },
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

async function stopFor(scenario: Scenario, victim: RedisProcess, ms: number): Promise<void> {
  scenario.outageBegan();
  victim.pause();
  await scenario.pass(ms);
  victim.resume();
}

async function ready(scenario: Scenario, readiness: Readiness): Promise<void> {
  await readiness.afterOutage(scenario);
  scenario.outageEnded();
}

function failOver(servers: readonly RedisProcess[], primaries: number): Promise<unknown> {
  const isOver = async () => (await primariesAmong(servers)).length === primaries;
  return eventually('another server is the primary', isOver, { deadlineMs: FAIL_OVER_MS });
}

function inSync(servers: readonly RedisProcess[], primaries: number): Promise<unknown> {
  return eventually('all servers are in sync', () => areInSync(servers, primaries), { deadlineMs: IN_SYNC_MS });
}
