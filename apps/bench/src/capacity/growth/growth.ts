import { setTimeout as sleep } from 'node:timers/promises';
import { type LoadResult, run } from '../../load/load.js';
import { median, quantile, sum } from '../../load/statistics.js';
import type { startGateways } from '../../sides/gateways.js';
import { Side } from '../../sides/side.js';
import { population } from '../population.js';
import type { Sample } from '../sample-options.js';
import { between, UsageMeter } from '../usage.js';
import type { GrowthFigures, SizeFigures, SizePlan } from './growth-figures.js';

const PAIRS = 100;
/** Of signals at each size; a figure is their median. */
const ROUNDS = 5;
const SIGNAL_BYTES = 400;
const WARM_UP_S = 20;
const REWARM_S = 3;
/** Garbage of the registers is collected by then, and renewals are spread. */
const SETTLE_MS = 20_000;

type SignalCosts = Pick<SizeFigures, 'signalUs' | 'p50Ms' | 'p99Ms' | 'lost'>;

/** CPU time of a time, ms, and its length. */
interface Observed {
  readonly gatewayCpuMs: number;
  readonly redisCpuMs: number;
  readonly seconds: number;
}

/** Lets the sessions of one gateway grow, and measures at each size the idle sessions, then signals between pairs. */
export async function growth(
  server: Awaited<ReturnType<typeof startGateways>>,
  sample: Sample,
  plan: SizePlan,
  progress: (text: string) => void,
): Promise<GrowthFigures> {
  const side = new Side(server);
  const meter = await UsageMeter.open(server.cluster, 'single');
  const observe = async <T>(work: () => Promise<T>): Promise<Observed & { readonly result: T }> => {
    const [startMs, before] = [performance.now(), await meter.read()];
    const result = await work();
    const { gatewayCpuMs, redisCpuMs } = between(before, await meter.read());
    return { gatewayCpuMs, redisCpuMs, seconds: (performance.now() - startMs) / 1000, result };
  };
  const idle = () => observe(() => sleep(sample.idleSeconds * 1000));
  try {
    const ends = await side.connect(PAIRS);
    const load = { perSecond: sample.signalsPerSecond, bytes: SIGNAL_BYTES };
    progress(`warm-up ${WARM_UP_S} s`);
    await run(ends, { ...load, seconds: WARM_UP_S });
    await sleep(SETTLE_MS);
    progress(`without sessions: ${sample.idleSeconds} s`);
    const empty = await idle();
    const sizes: SizeFigures[] = [];
    let open = 0;
    for (const sessions of plan.sizes) {
      const more = sessions - open;
      progress(`${more.toLocaleString('en')} more sessions register`);
      await side.idleAs(await population(server.cluster, more, sample.contacts));
      open = sessions;
      await sleep(SETTLE_MS);
      progress(`${sessions.toLocaleString('en')} sessions: ${sample.idleSeconds} s idle, then signals`);
      const rest = await idle();
      await run(ends, { ...load, seconds: REWARM_S });
      const rounds: SignalCosts[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const seconds = sample.signals / sample.signalsPerSecond / ROUNDS;
        const busy = await observe(() => run(ends, { ...load, seconds }));
        rounds.push(costsOfSignals(busy, beyond(busy, rest, 'gatewayCpuMs')));
      }
      sizes.push({ sessions, ...costsOfIdle(rest, empty, sessions), ...medians(rounds) });
    }
    return { emptyPart: empty.gatewayCpuMs / 1000 / empty.seconds, plan, sizes };
  } finally {
    await meter.close();
    await side.stop();
  }
}

function costsOfIdle(rest: Observed, empty: Observed, sessions: number): Pick<SizeFigures, 'idleUs' | 'idleRedisUs'> {
  const inMinute = (of: 'gatewayCpuMs' | 'redisCpuMs') => (beyond(rest, empty, of) * 60 * 1000) / sessions;
  return { idleUs: inMinute('gatewayCpuMs'), idleRedisUs: inMinute('redisCpuMs') };
}

/** `cpuMs`: in each second. */
function costsOfSignals({ result, seconds }: Observed & { readonly result: LoadResult }, cpuMs: number): SignalCosts {
  const { sent, arrived, latenciesMs } = result;
  return {
    signalUs: ((cpuMs * seconds) / sent) * 1000,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    lost: sent - arrived,
  };
}

function medians(rounds: readonly SignalCosts[]): SignalCosts {
  const of = (name: keyof SignalCosts) => rounds.map((round) => round[name]);
  return {
    signalUs: median(of('signalUs')),
    p50Ms: median(of('p50Ms')),
    p99Ms: median(of('p99Ms')),
    lost: sum(of('lost')),
  };
}

/** CPU ms in each second beyond that of another time. */
function beyond(observed: Observed, base: Observed, of: 'gatewayCpuMs' | 'redisCpuMs'): number {
  return observed[of] / observed.seconds - base[of] / base.seconds;
}
