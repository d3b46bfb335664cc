import type { Row } from '../row.js';
import { conclude } from '../scenario/conclusion.js';
import type { SignalLimits } from '../scenario/signal-limits.js';
import { Scenario } from '../scenario/scenario.js';
import { NEXT_BUILD } from './next-build.js';
import { sized } from './sized.js';

const CLIENTS = 300;
/** Until the calls to the next version have ended, their signals are refused. */
const SIGNALS: SignalLimits = { acked: 0.5, isCalm: false };
const LASTS_MS = 30_000;

/** A roll-out that is half done. */
export const twoVersions: Row = {
  number: 25,
  title: 'Gateways of this build beside gateways whose node messages have the next version',
  promise: 'calls across them work or are answered; presence is right; nothing crashes',
  run: async (run, scale) => {
    await using scenario = await Scenario.start(run, { gateways: 2, clients: sized(CLIENTS, scale) });
    run.say('adding two gateways of the next version');
    for (const preferred of [2, 3]) {
      await scenario.cluster.add({ NODE_OPTIONS: NEXT_BUILD });
      for (const client of scenario.clients.some(sized(CLIENTS / 4, scale), scenario.clients.at(preferred - 2))) {
        client.gateway = preferred;
        client.move();
      }
    }
    const rightMs = await scenario.until(() => scenario.isRight, 20_000);
    await scenario.pass(LASTS_MS * Math.min(1, scale * 2));
    run.figures.add('sessions at the next version', [2, 3].flatMap((n) => scenario.clients.at(n)).length, '', {
      atLeast: 1,
    });
    run.figures.add('presence right after the moves', Math.round(rightMs), 'ms', { atMost: 20_000 });
    run.figures.add(
      'texts of the other version that were ignored',
      await scenario.fleet.metric('wr_bus_ignored_total', '{reason="version"}'),
      '',
      { atLeast: 1 },
    );
    run.figures.add('gateways running', scenario.fleet.running.length, '', { exactly: 4 });
    // Ends of calls are sent again for 10 minutes to nodes that do not answer them.
    await conclude(scenario, SIGNALS, 'wr_node_requests_pending');
  },
};
