import { eventually } from '@white-rabbit/testing';
import type { Random } from '../clients/random.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Action } from './action.js';

/** Settings of gateways that are added later; the drain is short. */
const DRAIN = { WR_DRAIN_SECONDS: '5', WR_DRAIN_DELAY_SECONDS: '1' };
/** Gateways become ready again within this time after a fault. Milliseconds. */
const READY_MS = 60_000;
const START_MS = 180_000;
const SECOND = 1_000;
/** Until a probe has found the dead connections. Milliseconds. */
const HALF_OPEN_MS = 11_000;

/** A running gateway; at least two others run beside it. */
function victimOf({ fleet: { running } }: Scenario, random: Random): number | undefined {
  return running.length > 2 ? random.pick(running) : undefined;
}

/** A gateway starts only with its back ends: as an orchestrator does, this starts it again until they are back. */
async function addGateway({ cluster }: Scenario): Promise<void> {
  await eventually('a gateway starts', () => cluster.add(DRAIN), { deadlineMs: START_MS });
}

async function redisOutage(scenario: Scenario, begin: () => unknown, ms: number, end: () => unknown): Promise<void> {
  scenario.outageBegan();
  await begin();
  await scenario.pass(ms);
  await end();
  await scenario.until(() => scenario.fleet.areReady(), READY_MS);
  scenario.outageEnded();
}

/** Everything that the soak does to a cluster on one Redis. */
export const ACTIONS: readonly Action[] = [
  {
    name: 'a gateway is killed; another one starts',
    weight: 2,
    breaks: 'gateway',
    act: async (scenario, random) => {
      const victim = victimOf(scenario, random);
      if (victim === undefined) return;
      scenario.killed(victim);
      await scenario.cluster.gateway(victim).kill();
      await scenario.pass(random.between(1, 10) * SECOND);
      await addGateway(scenario);
    },
  },
  {
    name: 'roll-out: a gateway starts, another one drains',
    weight: 3,
    breaks: 'gateway',
    act: async (scenario, random) => {
      const victim = random.pick(scenario.fleet.running);
      await addGateway(scenario);
      if (victim === undefined) return;
      scenario.fleet.takeOut(victim);
      await scenario.cluster.gateway(victim).stop();
    },
  },
  {
    name: 'a gateway is stopped and continues',
    weight: 2,
    breaks: 'gateway',
    act: async (scenario, random) => {
      const victim = victimOf(scenario, random);
      if (victim === undefined) return;
      const gateway = scenario.cluster.gateway(victim);
      scenario.stopsRunning(victim);
      gateway.pause();
      await scenario.pass(random.between(2, 25) * SECOND);
      gateway.resume();
      scenario.runsAgain(victim);
    },
  },
  {
    name: 'Redis is killed and back empty',
    weight: 2,
    breaks: 'redis',
    act: (scenario, random) => {
      const { redis } = scenario.cluster.faults;
      return redisOutage(
        scenario,
        () => redis.kill(),
        random.between(1, 30) * SECOND,
        () => redis.restartEmpty(),
      );
    },
  },
  {
    name: 'Redis is stopped and continues',
    weight: 2,
    breaks: 'redis',
    act: (scenario, random) => {
      const { redis } = scenario.cluster.faults;
      return redisOutage(
        scenario,
        () => redis.pause(),
        random.between(1, 15) * SECOND,
        () => redis.resume(),
      );
    },
  },
  {
    name: 'connections to Redis are reset',
    weight: 2,
    breaks: 'redis',
    act: (scenario, random) => {
      const { redisProxy } = scenario.cluster.faults;
      return redisOutage(
        scenario,
        () => redisProxy.reset(),
        random.between(0, 5) * SECOND,
        () => redisProxy.pass(),
      );
    },
  },
  {
    name: 'connections to Redis are half-open',
    weight: 1,
    breaks: 'redis',
    act: (scenario) => {
      const { redisProxy } = scenario.cluster.faults;
      return redisOutage(
        scenario,
        () => redisProxy.freeze(),
        HALF_OPEN_MS,
        () => undefined,
      );
    },
  },
  {
    name: 'Redis is slow',
    weight: 1,
    breaks: 'redis',
    act: (scenario, random) => {
      const { redisProxy } = scenario.cluster.faults;
      const slow = () => redisProxy.latency(random.between(20, 150));
      return redisOutage(scenario, slow, random.between(5, 20) * SECOND, () => redisProxy.pass());
    },
  },
  {
    name: 'PostgreSQL is away',
    weight: 2,
    breaks: 'postgres',
    act: async (scenario, random) => {
      const { postgresProxy } = scenario.cluster.faults;
      if (random.chance(0.5)) postgresProxy.reset();
      else postgresProxy.blackhole();
      await scenario.pass(random.between(2, 20) * SECOND);
      postgresProxy.pass();
    },
  },
  {
    name: 'clients move to other gateways',
    weight: 4,
    breaks: 'clients',
    act: (scenario, random) => {
      for (const client of scenario.clients.some(random.below(30))) {
        client.gateway = random.pick(scenario.fleet.running) ?? client.gateway;
        client.move();
      }
      return Promise.resolve();
    },
  },
  {
    name: 'clients disconnect and come back',
    weight: 4,
    breaks: 'clients',
    act: (scenario, random) => {
      for (const client of scenario.clients.some(random.below(30))) client.lose(random.chance(0.5));
      return Promise.resolve();
    },
  },
];
