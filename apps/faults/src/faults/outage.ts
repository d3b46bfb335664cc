import type { Topology } from '@white-rabbit/testing';
import type { Row } from '../row.js';
import { conclude } from '../scenario/conclusion.js';
import type { SignalLimits } from '../scenario/signal-limits.js';
import { Scenario, type Run } from '../scenario/scenario.js';
import { sized } from './sized.js';

const CLIENTS = 300;
const GATEWAYS = 3;
/** Clients that leave during the outage, and when: their watchers at other gateways cannot know it yet. */
const LEAVE = 30;
const LEAVE_AFTER_MS = 1_000;
/** From the return of Redis: presence is right, all gateways are ready and get what others send. Milliseconds. */
const BACK_MS = 10_000;

/** An outage of Redis. */
export interface Outage {
  readonly redis?: Topology;
  readonly signals: SignalLimits;
  /** Breaks Redis, and resolves when it works again. */
  readonly breakIt: (scenario: Scenario) => Promise<void>;
}

/** Breaks Redis under traffic while clients leave, and measures from its return. */
export async function runOutage(
  run: Run,
  scale: number,
  { redis = 'single', signals, breakIt }: Outage,
): Promise<void> {
  await using scenario = await Scenario.start(run, { gateways: GATEWAYS, clients: sized(CLIENTS, scale), redis });
  const { clients, fleet, oracle } = scenario;
  const sockets = clients.online.length;
  const endings = scenario.endings;
  scenario.outageBegan();
  const leave = async () => {
    await scenario.pass(LEAVE_AFTER_MS);
    for (const client of clients.some(sized(LEAVE, scale))) client.leave('terminate');
  };
  await Promise.all([breakIt(scenario), leave()]);
  scenario.outageEnded();
  const { wrong } = oracle.presence;
  const [rightMs, readyMs, deaf] = await Promise.all([
    scenario.until(() => scenario.isRight, 3 * BACK_MS),
    scenario.until(() => fleet.areReady(), 3 * BACK_MS),
    scenario.deafGateways(BACK_MS),
  ]);
  const left = sockets - clients.staying.length;
  run.figures.add('sockets open', sockets);
  run.figures.add('closed by the server', scenario.endings - endings - left, '', { exactly: 0 });
  run.figures.add('clients that left meanwhile', left, '', { atLeast: 1 });
  run.figures.add('views that were wrong at the return', wrong);
  run.figures.add('presence right after', Math.round(rightMs), 'ms', { atMost: BACK_MS });
  run.figures.add('gateways ready after', Math.round(readyMs), 'ms', { atMost: BACK_MS });
  run.figures.add('deaf gateways', deaf, '', { exactly: 0 });
  await scenario.pass(BACK_MS);
  await conclude(scenario, signals);
}

/** A row with such an outage. */
export function outageRow(row: Omit<Row, 'run'>, outage: (run: Run, scale: number) => Outage): Row {
  return { ...row, run: (run, scale) => runOutage(run, scale, outage(run, scale)) };
}
