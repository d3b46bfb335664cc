import { LONGEST_RETRY_MS } from '../clients/simulated-client.js';
import type { Row } from '../row.js';
import { conclude } from '../scenario/conclusion.js';
import type { SignalLimits } from '../scenario/signal-limits.js';
import { Scenario } from '../scenario/scenario.js';
import { sized } from './sized.js';

const SESSIONS = 1_000;
const GATEWAYS = 3;
const DELAY_S = 2;
const DRAIN_S = 10;
/** Each connection moves once or twice. */
const SIGNALS: SignalLimits = { acked: 0.9, isCalm: false };
/** From SIGTERM: the drain period, at whose end the last session is closed; what its client waits; a change of presence. Milliseconds. */
const BACK_MS = (DELAY_S + DRAIN_S) * 1_000 + LONGEST_RETRY_MS + 1_000;

/** Each gateway is replaced, one after the other. */
export const rollingRestart: Row = {
  number: 3,
  title: 'Rolling restart of 3 gateways under 1,000 sessions with calls',
  promise: 'established calls go on; each session is back ≤ 3 s after the drain period; no peer stays OFFLINE',
  run: async (run, scale) => {
    const env = { WR_DRAIN_SECONDS: String(DRAIN_S), WR_DRAIN_DELAY_SECONDS: String(DELAY_S) };
    await using scenario = await Scenario.start(run, { gateways: GATEWAYS, clients: sized(SESSIONS, scale), env });
    let slowestMs = 0;
    for (let old = 0; old < GATEWAYS; old += 1) {
      run.say(`replacing gateway ${old}`);
      await scenario.cluster.add(env);
      const gateway = scenario.cluster.gateway(old);
      const start = scenario.nowMs;
      gateway.process.kill('SIGTERM');
      scenario.fleet.takeOut(old);
      const { code } = await gateway.exited;
      run.figures.add(`exit code of gateway ${old}`, code ?? -1, '', { exactly: 0 });
      await scenario.until(() => scenario.isRight, BACK_MS);
      slowestMs = Math.max(slowestMs, scenario.nowMs - start);
    }
    run.figures.add('sessions back and presence right after SIGTERM', Math.round(slowestMs), 'ms', {
      atMost: BACK_MS,
    });
    run.figures.add('closed with 1006', scenario.clients.closes.get(1006) ?? 0, '', { exactly: 0 });
    await conclude(scenario, SIGNALS);
  },
};
