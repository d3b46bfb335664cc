import type { Topology } from '@white-rabbit/testing';
import type { Random } from '../clients/random.js';
import { conclude } from '../scenario/conclusion.js';
import type { SignalLimits } from '../scenario/signal-limits.js';
import { type Run, Scenario } from '../scenario/scenario.js';
import type { Action } from './action.js';
import { actionsOn } from './actions.js';
import { SOAK_ENV } from './gateway-actions.js';
import { Readiness, READY_MS, unreadyGateways } from './readiness.js';

const GATEWAYS = 3;
const CLIENTS = 300;
/** Time from the start of an action to the start of the next one. Milliseconds. */
const NEXT_MS = [1_000, 12_000] as const;
/** All actions have ended and all is right this long after the last one began. Milliseconds. */
const END_MS = 240_000;
const RIGHT_MS = 30_000;
/** Full traffic fills caches, pools and heaps before the base is taken. Milliseconds. */
const WARM_UP_MS = 30_000;
/** Mean resident memory of a gateway at the end, as a multiple of the base. */
const GROWTH = 1.3;
/** Several faults at the same time leave little. What clients that move have sent to a stopped gateway has no outcome. */
const SIGNALS: SignalLimits = { acked: 0.4, hidden: 0.06, isCalm: false };
/** Descriptors of a gateway beside those of its clients, at the end, more than at the start. */
const MORE_DESCRIPTORS = 15;

/** Lets faults happen at random and at the same time, under the oracle, for a while. */
export async function soak(run: Run, minutes: number, redis: Topology): Promise<void> {
  await using scenario = await Scenario.start(run, { gateways: GATEWAYS, clients: CLIENTS, env: SOAK_ENV, redis });
  await scenario.pass(WARM_UP_MS);
  const base = await usageOf(scenario);
  const readiness = new Readiness();
  const actions = new RunningActions(scenario, readiness, run);
  const end = scenario.nowMs + minutes * 60_000;
  while (scenario.nowMs < end) {
    actions.begin(run.random);
    await scenario.pass(run.random.between(...NEXT_MS));
  }
  await scenario.until(() => actions.names.length === 0, END_MS);
  await scenario.until(async () => (await unreadyGateways(scenario)).length === 0, RIGHT_MS);
  const unready = await unreadyGateways(scenario);
  const rightMs = await scenario.until(() => scenario.isRight, RIGHT_MS);
  const after = await usageOf(scenario);
  if (actions.names.length > 0) run.say(`not ended: ${actions.names.join(', ')}`);
  run.figures.add('actions', actions.begun, '', { atLeast: 1 });
  run.figures.add('actions that failed', actions.failed, '', { exactly: 0 });
  run.figures.add('actions that did not end', actions.names.length, '', { exactly: 0 });
  run.figures.add('unready gateways at the end', unready.length, '', { exactly: 0 });
  run.figures.add('gateways ready after the return of Redis', Math.round(readiness.slowestMs), 'ms', {
    atMost: READY_MS,
  });
  run.figures.add('all right after the last one', Math.round(rightMs), 'ms', { atMost: RIGHT_MS });
  run.figures.add('resident memory, of the base', after.residentKiB / base.residentKiB, 'times', {
    atMost: GROWTH,
  });
  run.figures.add('descriptors beside clients, more than at the start', after.descriptors - base.descriptors, '', {
    atMost: MORE_DESCRIPTORS,
  });
  await conclude(scenario, SIGNALS);
}

/** What one gateway uses, on average. */
async function usageOf(scenario: Scenario): Promise<{ readonly residentKiB: number; readonly descriptors: number }> {
  const gateways = scenario.fleet.running.length;
  const connections = await scenario.fleet.metric('wr_connections');
  return {
    residentKiB: (await scenario.fleet.residentKiB()) / gateways,
    descriptors: ((await scenario.fleet.descriptors()) - connections) / gateways,
  };
}

/** The actions that have begun and not ended. */
class RunningActions {
  begun = 0;
  failed = 0;
  readonly #running = new Set<Action>();
  readonly #actions: readonly Action[];

  constructor(
    private readonly scenario: Scenario,
    private readonly readiness: Readiness,
    private readonly run: Run,
  ) {
    this.#actions = actionsOn(scenario.topology);
  }

  /** Those that have not ended. */
  get names(): readonly string[] {
    return [...this.#running].map(({ name }) => name);
  }

  /** Chooses an action whose subject is not broken already. The choice depends on the seed and on what is running. */
  begin(random: Random): void {
    // Two numbers for each action, whatever is chosen: the choices of a seed stay the same.
    const [share, own] = [random.next(), random.fork()];
    const broken = new Set([...this.#running].map(({ breaks }) => breaks));
    const free = this.#actions.filter(({ breaks }) => !broken.has(breaks));
    let left = share * free.reduce((sum, { weight }) => sum + weight, 0);
    const chosen = free.find(({ weight }) => (left -= weight) < 0);
    if (chosen !== undefined) void this.#act(chosen, own);
  }

  async #act(action: Action, random: Random): Promise<void> {
    this.begun += 1;
    this.#running.add(action);
    this.run.say(action.name);
    try {
      await action.act(this.scenario, random, this.readiness);
    } catch (failure) {
      this.failed += 1;
      this.run.say(`${action.name}: ${String(failure)}`);
    } finally {
      this.#running.delete(action);
    }
  }
}
