import { setTimeout as sleep } from 'node:timers/promises';
import { NAMES, ONE_NODE } from '../sides/catalog.js';
import type { Side } from '../sides/side.js';
import { type Bench, inTurns, withSides } from './bench.js';
import { type Goal, type Round, type Row, type SideRounds, withTargets } from './row.js';

const goal: Goal = { text: `≤ 1.0 × ${NAMES.bareWs}`, isMet: (of) => of(NAMES.ours).ratio <= 1 };

/** Resident memory for each idle session. Each round has fresh processes: memory once taken is not given back. */
export async function memoryRow(bench: Bench): Promise<Row> {
  const { memorySessions, memoryRounds, settleMs } = bench.sample;
  const title = `Resident memory for each idle session, ${memorySessions.toLocaleString('en')} sessions`;
  bench.progress(title);
  const measure = async (side: Side): Promise<Round> => {
    const before = side.rssBytes();
    await side.idle(memorySessions);
    await sleep(settleMs);
    return { value: (side.rssBytes() - before) / memorySessions / 1024 };
  };
  const runs: (readonly SideRounds[])[] = [];
  for (let round = 0; round < memoryRounds; round += 1) {
    runs.push(
      await withSides(bench, ONE_NODE, async (sides) => {
        await sleep(settleMs);
        return inTurns(sides, 1, measure, bench.progress);
      }),
    );
  }
  const sides = (runs[0] ?? []).map(({ side }, index) => ({
    side,
    rounds: runs.flatMap((run) => run[index]?.rounds ?? []),
  }));
  return withTargets({ id: 'memory', title, unit: 'KB', baseline: NAMES.bareWs, sides }, [goal]);
}
