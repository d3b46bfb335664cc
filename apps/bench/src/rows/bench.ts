import type { End } from '../load/ends.js';
import { run, type Load } from '../load/load.js';
import { quantile } from '../load/statistics.js';
import type { Affinity } from '../machine/affinity.js';
import { Side, type StartServer } from '../sides/side.js';
import type { Round, SideRounds } from './row.js';
import type { Sample } from './sample.js';

/** What all rows of a run share. */
export interface Bench {
  readonly sample: Sample;
  readonly affinity: Affinity;
  readonly progress: (text: string) => void;
}

/** Starts servers on their CPUs, and stops them after `work`, however it ends. */
export async function withSides<T>(
  { affinity, progress }: Bench,
  starts: readonly StartServer[],
  work: (sides: readonly Side[]) => Promise<T>,
): Promise<T> {
  const sides: Side[] = [];
  try {
    progress(`starting ${starts.length} servers`);
    await affinity.forServers(async () => {
      for (const start of starts) sides.push(new Side(await start()));
    });
    return await work(sides);
  } finally {
    await Promise.all(sides.map((side) => side.stop()));
  }
}

/** Measures the sides in turn, so that what disturbs the machine disturbs all. */
export async function inTurns(
  sides: readonly Side[],
  rounds: number,
  measure: (side: Side) => Promise<Round>,
  progress: (text: string) => void,
): Promise<readonly SideRounds[]> {
  const results = sides.map((side) => ({ side: side.name, rounds: [] as Round[] }));
  for (let round = 1; round <= rounds; round += 1) {
    for (const [index, side] of sides.entries()) {
      const result = await measure(side);
      results[index]?.rounds.push(result);
      progress(`round ${round}/${rounds}: ${side.name} ${result.value.toFixed(1)}`);
    }
  }
  return results;
}

/** CPU time of a side for each signal of this load, µs. */
export async function signalRound(side: Side, ends: readonly End[], load: Load): Promise<Round> {
  const before = await side.cpuMs();
  const { sent, arrived, latenciesMs } = await run(ends, load);
  const value = (((await side.cpuMs()) - before) * 1000) / sent;
  return { value, p50Ms: quantile(latenciesMs, 0.5), p99Ms: quantile(latenciesMs, 0.99), lost: sent - arrived };
}
