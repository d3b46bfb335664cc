import { median, quantile, run, type Load } from './load.js';
import { cpuMs } from './process-usage.js';
import type { End, RunningSide } from './side.js';

/** What one side took for one relayed signal, the median of the rounds. */
export interface RelayFigures {
  readonly name: string;
  readonly cpuUsPerSignal: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly lost: number;
}

interface Round {
  readonly cpuUs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly lost: number;
}

/** Before the figures count, ms of load at the same rate: the JIT has to have seen the code. */
const WARM_UP_S = 3;

/** Measures the sides in turn on the same load, so that what disturbs the machine disturbs all. */
export async function relayBench(
  sides: readonly RunningSide[],
  load: Load,
  pairs: number,
  rounds: number,
  progress: (text: string) => void,
): Promise<RelayFigures[]> {
  const joined = new Map<RunningSide, readonly End[]>();
  for (const side of sides) joined.set(side, await side.connect(pairs));
  for (const ends of joined.values()) await run(ends, { ...load, seconds: WARM_UP_S });
  const results = new Map<RunningSide, Round[]>(sides.map((side) => [side, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const [side, ends] of joined) {
      const result = await measure(side, ends, load);
      results.get(side)?.push(result);
      progress(`${load.bytes} B, round ${round}/${rounds}: ${side.name} ${result.cpuUs.toFixed(1)} µs a signal`);
    }
  }
  for (const side of sides) await side.disconnect();
  return [...results].map(([side, all]) => figures(side.name, all));
}

async function measure(side: RunningSide, ends: readonly End[], load: Load): Promise<Round> {
  const before = cpuMs(side.pid);
  const { sent, arrived, latenciesMs } = await run(ends, load);
  const cpuUs = ((cpuMs(side.pid) - before) * 1000) / sent;
  return { cpuUs, p50Ms: quantile(latenciesMs, 0.5), p99Ms: quantile(latenciesMs, 0.99), lost: sent - arrived };
}

function figures(name: string, rounds: readonly Round[]): RelayFigures {
  return {
    name,
    cpuUsPerSignal: median(rounds.map(({ cpuUs }) => cpuUs)),
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
    lost: rounds.reduce((sum, { lost }) => sum + lost, 0),
  };
}
