import type { Row } from '../row.js';
import { conclude } from '../scenario/conclusion.js';
import type { SignalLimits } from '../scenario/signal-limits.js';
import { Scenario } from '../scenario/scenario.js';
import { sized } from './sized.js';

const CLIENTS = 5_000;
/** The default of WR_CONNECT_RATE, and what is accepted at once before it applies. */
const RATE = 200;
const BURST = 400;
const BACK_MS = 180_000;
/** All calls end with the gateway; new ones have both sides at the other gateway. */
const SIGNALS: SignalLimits = { acked: 0.8, isCalm: false };
const VICTIM = 1;

/** All clients of a killed gateway come to the other one at once. */
export const reconnectStorm: Row = {
  number: 14,
  title: '5,000 clients of a killed gateway reconnect at once',
  promise: 'accepted no faster than the set rate, others 503 with Retry-After; no second gateway fails; all are back',
  run: async (run, scale) => {
    const limits = { WR_CONNECT_RATE: String(RATE), WR_CONNECT_BURST: String(BURST) };
    const env = { ...limits, WR_SOURCE_CONNECT_RATE: String(RATE), WR_SOURCE_CONNECT_BURST: String(BURST) };
    const traffic = { signalsPerSecond: 100, callsPerClient: 0.02 };
    const clients = sized(CLIENTS, scale);
    await using scenario = await Scenario.start(run, { gateways: 2, clients, env, traffic, gatewayOf: () => VICTIM });
    const held = scenario.clients.at(VICTIM).length;
    const refusedBefore = scenario.clients.closes.get(503) ?? 0;
    run.say(`killing the gateway of ${held} sessions`);
    scenario.killed(VICTIM);
    await scenario.cluster.gateway(VICTIM).kill();
    const killedAt = scenario.nowMs;
    const samples: Sample[] = [await sampleOf(scenario)];
    while (!scenario.isRight && scenario.nowMs - killedAt < BACK_MS) {
      await scenario.pass(1_000);
      samples.push(await sampleOf(scenario));
      if (samples.length % 10 === 0) run.say(`${scenario.clients.online.length} are back`);
    }
    run.figures.add('sessions lost', held);
    run.figures.add('back', scenario.clients.online.length, '', { exactly: clients });
    run.figures.add('all back after', Math.round(scenario.nowMs - killedAt), 'ms', { atMost: BACK_MS });
    run.figures.add(`most accepted beyond ${RATE} a second, in any time`, Math.round(mostBeyond(samples)), '', {
      atMost: BURST,
    });
    run.figures.add('refused with 503', (scenario.clients.closes.get(503) ?? 0) - refusedBefore, '', {
      atLeast: scale === 1 ? 1 : 0,
    });
    run.figures.add('gateways running', scenario.fleet.running.length, '', { exactly: 1 });
    await conclude(scenario, SIGNALS);
  },
};

/** The connections of the gateways, read between two times. Milliseconds of the clock, whatever this process observed. */
interface Sample {
  readonly afterMs: number;
  readonly beforeMs: number;
  readonly connections: number;
}

async function sampleOf({ fleet }: Scenario): Promise<Sample> {
  const afterMs = performance.now();
  const connections = await fleet.metric('wr_connections');
  return { afterMs, beforeMs: performance.now(), connections };
}

/** The most that was accepted between two samples, less what the rate allows in that time. */
function mostBeyond(samples: readonly Sample[]): number {
  const beyond = samples.flatMap((from, n) =>
    samples.slice(n + 1).map((to) => {
      return to.connections - from.connections - ((to.beforeMs - from.afterMs) / 1_000) * RATE;
    }),
  );
  return Math.max(0, ...beyond);
}
