import type { Row } from '../row.js';
import { conclude } from '../scenario/conclusion.js';
import { CALM } from '../scenario/signal-limits.js';
import { Scenario } from '../scenario/scenario.js';
import { sized } from './sized.js';

const CLIENTS = 300;
const DAY_MS = 86_400_000;
const AFTER_MS = 75_000;

/** The wall clock of gateway 2 jumps when it gets SIGUSR2. */
function jumping(ms: number): string {
  const jump = `const now=Date.now;let by=0;process.on('SIGUSR2',()=>{by=${ms}});Date.now=()=>now()+by`;
  return `--import=data:text/javascript,${encodeURIComponent(jump)}`;
}

/** The clock of one gateway of three is wrong by a day. */
function clockJump(variant: string, ms: number): Row {
  return {
    number: 24,
    variant,
    title: `The clock of a gateway jumps by 24 hours ${variant}`,
    promise: 'no mass OFFLINE, no mass close; leases and routes are renewed',
    run: async (run, scale) => {
      const env = { NODE_OPTIONS: jumping(ms) };
      await using scenario = await Scenario.start(run, { gateways: 3, clients: sized(CLIENTS, scale), env });
      const endings = scenario.endings;
      scenario.cluster.gateway(2).process.kill('SIGUSR2');
      // Longer than any lease.
      await scenario.pass(AFTER_MS * Math.min(1, scale * 3));
      run.figures.add('sockets closed', scenario.endings - endings, '', { exactly: 0 });
      run.figures.add('ready gateways', (await scenario.fleet.statuses('readyz')).filter((s) => s === 200).length, '', {
        exactly: 3,
      });
      await conclude(scenario, CALM);
    },
  };
}

export const clockForward = clockJump('forward', DAY_MS);
export const clockBack = clockJump('back', -DAY_MS);
