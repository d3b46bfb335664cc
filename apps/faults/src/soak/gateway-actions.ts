import { eventually } from '@white-rabbit/testing';
import type { Random } from '../clients/random.js';
import { NEXT_BUILD } from '../faults/next-build.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Action } from './action.js';

const START_MS = 180_000;
const SECOND = 1_000;
/** Longer than a node's lease. Milliseconds. */
const BLOCKED_MS = 12_000;
const DAY_MS = 86_400_000;

/** Loaded into each gateway: SIGUSR2 blocks its event loop; SIGWINCH moves its wall clock a day on, right, a day back, right. */
const BREAKABLE = `
process.on('SIGUSR2',()=>{const end=performance.now()+${BLOCKED_MS};while(performance.now()<end);});
const now=Date.now,by=[0,${DAY_MS},0,-${DAY_MS}];let at=0;
process.on('SIGWINCH',()=>{at=(at+1)%by.length});Date.now=()=>now()+by[at];`;

const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(BREAKABLE)}`;

/** Settings of every gateway: the drain is short. */
export const SOAK_ENV = { WR_DRAIN_SECONDS: '5', WR_DRAIN_DELAY_SECONDS: '1', NODE_OPTIONS };

/** A running gateway; at least two others run beside it. */
function victimOf({ fleet: { running } }: Scenario, random: Random): number | undefined {
  return running.length > 2 ? random.pick(running) : undefined;
}

/** A gateway starts only with its back ends: as an orchestrator does, this starts it again until they are back. */
async function addGateway({ cluster }: Scenario, env?: Readonly<Record<string, string>>): Promise<number> {
  await eventually('a gateway starts', () => cluster.add(env), { deadlineMs: START_MS });
  return cluster.gateways.length - 1;
}

/** A gateway leaves as in a roll-out. */
async function drain({ cluster, fleet }: Scenario, gateway: number): Promise<void> {
  fleet.takeOut(gateway);
  await cluster.gateway(gateway).stop();
}

/** Faults of gateways. */
export const GATEWAY_ACTIONS: readonly Action[] = [
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
      if (victim !== undefined) await drain(scenario, victim);
    },
  },
  {
    name: 'half a roll-out: a gateway of the next version joins, and is taken back',
    weight: 1,
    breaks: 'gateway',
    act: async (scenario, random) => {
      const next = await addGateway(scenario, { NODE_OPTIONS: `${NODE_OPTIONS} ${NEXT_BUILD}` });
      await scenario.pass(random.between(5, 30) * SECOND);
      await drain(scenario, next);
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
    name: 'the event loop of a gateway is blocked',
    weight: 2,
    breaks: 'gateway',
    act: async (scenario, random) => {
      const victim = victimOf(scenario, random);
      if (victim === undefined) return;
      scenario.stopsRunning(victim);
      scenario.cluster.gateway(victim).process.kill('SIGUSR2');
      await scenario.pass(BLOCKED_MS);
      scenario.runsAgain(victim);
    },
  },
  {
    name: 'the clock of a gateway jumps by a day and back',
    weight: 1,
    breaks: 'clock',
    act: async ({ cluster, fleet, pass }, random) => {
      const victim = random.pick(fleet.running);
      if (victim === undefined) return;
      cluster.gateway(victim).process.kill('SIGWINCH');
      await pass(random.between(5, 30) * SECOND);
      cluster.gateway(victim).process.kill('SIGWINCH');
    },
  },
];
