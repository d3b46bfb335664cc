import type { Row } from '../row.js';
import { conclude } from '../scenario/conclusion.js';
import type { SignalLimits } from '../scenario/signal-limits.js';
import { Scenario } from '../scenario/scenario.js';
import { sized } from './sized.js';

const SESSIONS = 500;
const DRAIN_S = 20;
const DELAY_S = 2;
/** Calls end when their connections move, and a signal may cross that end. */
const SIGNALS: SignalLimits = { acked: 0.9, isCalm: false };
const VICTIM = 2;
/** No second may hold more than this many times the mean. */
const SPREAD = 3;

/** A gateway is asked to end. */
export const gatewayDrained: Row = {
  number: 2,
  title: 'A gateway gets SIGTERM with 500 sessions',
  promise: 'unready within 1 s; closes with 1012, evenly over the drain; exit 0',
  run: async (run, scale) => {
    const drained = sized(SESSIONS, scale);
    const env = { WR_DRAIN_SECONDS: String(DRAIN_S), WR_DRAIN_DELAY_SECONDS: String(DELAY_S) };
    const clients = drained + sized(100, scale);
    const gatewayOf = (index: number) => (index < drained ? VICTIM : index % 2);
    await using scenario = await Scenario.start(run, { gateways: 3, clients, gatewayOf, env });
    const gateway = scenario.cluster.gateway(VICTIM);
    const sessions = scenario.clients.at(VICTIM).length;
    const closesBefore = scenario.clients.closes.get(1012) ?? 0;
    gateway.process.kill('SIGTERM');
    const unreadyMs = await scenario.until(
      async () => (await gateway.health('readyz').catch(() => 503)) === 503,
      5_000,
    );
    scenario.fleet.takeOut(VICTIM);
    const bySecond: number[] = [];
    let before = closesBefore;
    let end: number | undefined;
    void gateway.exited.then(({ code }) => (end = code ?? -1));
    while (end === undefined && bySecond.length < 2 * (DRAIN_S + DELAY_S)) {
      await scenario.pass(1_000);
      const now = scenario.clients.closes.get(1012) ?? 0;
      bySecond.push(now - before);
      before = now;
    }
    const backMs = await scenario.until(() => scenario.isRight, 15_000);
    run.figures.add('unready after', Math.round(unreadyMs), 'ms', { atMost: 1_000 });
    run.figures.add('closed with 1012', before - closesBefore, '', { exactly: sessions });
    run.figures.add('closed with 1006', scenario.clients.closes.get(1006) ?? 0, '', { exactly: 0 });
    run.figures.add('most in one second', Math.max(...bySecond), '', {
      atMost: Math.max(SPREAD, Math.ceil((SPREAD * sessions) / DRAIN_S)),
    });
    run.figures.add('exit code', end ?? -1, '', { exactly: 0 });
    run.figures.add('all right after the end', Math.round(backMs), 'ms', { atMost: 15_000 });
    await conclude(scenario, SIGNALS);
  },
};
