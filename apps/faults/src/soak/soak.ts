import type { Random } from '../clients/random.js';
import { conclude } from '../scenario/conclusion.js';
import type { SignalLimits } from '../scenario/signal-limits.js';
import { type Run, Scenario } from '../scenario/scenario.js';
import type { Action } from './action.js';
import { ACTIONS } from './actions.js';

const GATEWAYS = 3;
const CLIENTS = 300;
/** Time from the start of an action to the start of the next one. Milliseconds. */
const NEXT_MS = [1_000, 12_000] as const;
/** All actions have ended and all is right this long after the last one began. Milliseconds. */
const END_MS = 240_000;
const RIGHT_MS = 30_000;
/** Resident memory of a gateway at the end, as a multiple of the mean at the start. */
const GROWTH = 2;
/** Several faults at the same time leave little. What clients that move have sent to a stopped gateway has no outcome. */
const SIGNALS: SignalLimits = { acked: 0.4, hidden: 0.06, isCalm: false };
/** Descriptors of a gateway beside those of its clients, at the end, more than at the start. */
const MORE_DESCRIPTORS = 15;

/** Lets faults happen at random and at the same time, under the oracle, for a while. */
export async function soak(run: Run, minutes: number): Promise<void> {
  const calm = { WR_DRAIN_SECONDS: '5', WR_DRAIN_DELAY_SECONDS: '1' };
  await using scenario = await Scenario.start(run, { gateways: GATEWAYS, clients: CLIENTS, env: calm });
  const base = await usageOf(scenario);
  const actions = new RunningActions(scenario, run);
  const end = scenario.nowMs + minutes * 60_000;
  while (scenario.nowMs < end) {
    actions.begin(run.random);
    await scenario.pass(run.random.between(...NEXT_MS));
  }
  await scenario.until(() => actions.count === 0, END_MS);
  await scenario.until(() => scenario.fleet.areReady(), RIGHT_MS);
  const rightMs = await scenario.until(() => scenario.isRight, RIGHT_MS);
  const after = await usageOf(scenario);
  run.figures.add('actions', actions.begun, '', { atLeast: 1 });
  run.figures.add('actions that failed', actions.failed, '', { exactly: 0 });
  run.figures.add('all right after the last one', Math.round(rightMs), 'ms', { atMost: RIGHT_MS });
  run.figures.add('resident memory, of that at the start', after.residentKiB / base.residentKiB, 'times', {
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

  constructor(
    private readonly scenario: Scenario,
    private readonly run: Run,
  ) {}

  get count(): number {
    return this.#running.size;
  }

  /** Chooses an action whose subject is not broken already. The choice depends on the seed and on what is running. */
  begin(random: Random): void {
    // Two numbers for each action, whatever is chosen: the choices of a seed stay the same.
    const [share, own] = [random.next(), random.fork()];
    const broken = new Set([...this.#running].map(({ breaks }) => breaks));
    const free = ACTIONS.filter(({ breaks }) => !broken.has(breaks));
    let left = share * free.reduce((sum, { weight }) => sum + weight, 0);
    const chosen = free.find(({ weight }) => (left -= weight) < 0);
    if (chosen !== undefined) void this.#act(chosen, own);
  }

  async #act(action: Action, random: Random): Promise<void> {
    this.begun += 1;
    this.#running.add(action);
    this.run.say(action.name);
    try {
      await action.act(this.scenario, random);
    } catch (failure) {
      this.failed += 1;
      this.run.say(`${action.name}: ${String(failure)}`);
    } finally {
      this.#running.delete(action);
    }
  }
}
