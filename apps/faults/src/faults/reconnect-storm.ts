import type { Row } from '../row.js';
import { conclude } from '../scenario/conclusion.js';
import { Scenario } from '../scenario/scenario.js';
import { sized } from './sized.js';

const CLIENTS = 5_000;
/** The default of WR_CONNECT_RATE, and what is accepted at once before it applies. */
const RATE = 200;
const BURST = 400;
/** Accepted connections are counted over this time. Seconds. */
const WINDOW_S = 5;
const BACK_MS = 180_000;
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
    await scenario.cluster.gateway(VICTIM).kill();
    const killedAt = scenario.nowMs;
    const opened = () => scenario.fleet.metric('wr_events_total', '{event="register"}');
    const counts: number[] = [await opened()];
    while (!scenario.isRight && scenario.nowMs - killedAt < BACK_MS) {
      await scenario.pass(1_000);
      counts.push(await opened());
      if (counts.length % 10 === 0) run.say(`${scenario.clients.online.length} are back`);
    }
    // All of them, if they were back sooner.
    const starts = counts.slice(0, Math.max(1, counts.length - WINDOW_S));
    const windows = starts.map((count, n) => (counts[n + WINDOW_S] ?? counts.at(-1) ?? count) - count);
    run.figures.add('sessions lost', held);
    run.figures.add('back', scenario.clients.online.length, '', { exactly: clients });
    run.figures.add('all back after', Math.round(scenario.nowMs - killedAt), 'ms', { atMost: BACK_MS });
    run.figures.add(`most registers in ${WINDOW_S} s`, Math.max(...windows), '', {
      // A second more: the samples are not exactly a second apart.
      atMost: (WINDOW_S + 1) * RATE + BURST,
    });
    run.figures.add('refused with 503', (scenario.clients.closes.get(503) ?? 0) - refusedBefore, '', {
      atLeast: scale === 1 ? 1 : 0,
    });
    run.figures.add('gateways running', scenario.fleet.running.length, '', { exactly: 1 });
    await conclude(scenario);
  },
};
