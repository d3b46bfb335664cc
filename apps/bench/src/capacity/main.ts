import { readFileSync } from 'node:fs';
import { TestCluster } from '@white-rabbit/testing';
import { Affinity } from '../machine/affinity.js';
import type { Cells } from '../report/cells.js';
import { targetLine, textTable } from '../report/output.js';
import { NAMES } from '../sides/catalog.js';
import { startGateways } from '../sides/gateways.js';
import { costTable } from './cost-table.js';
import { day } from './day/day.js';
import { dayNotes, dayTable, dayTarget } from './day/day-figures.js';
import { growth } from './growth/growth.js';
import { growthNotes, growthTable, growthTargets, sizePlan } from './growth/growth-figures.js';
import { type Mode, readSampleOptions, type SampleOptions } from './sample-options.js';
import { stormFigures, stormTable } from './storm/storm-figures.js';
import { unitCosts } from './unit-costs.js';

// npm run capacity: what a session, a minute of it and a signal cost gateways, Redis and PostgreSQL on this machine.
// docs/capacity.md multiplies these figures; they are CPU time and memory, so a busy machine moves them little. With --day
// where the CPU time of an hour goes, with --growth what more sessions change, with --storm how the license queue takes a
// reconnect storm, simulated.

/** The crowd comes at once; everything else as in production. */
const CONNECT_AT_ONCE = { WR_CONNECT_RATE: '100000', WR_DRAIN_SECONDS: '0' };
/** A few pairs send what many would. */
const NO_LIMITS = {
  ...CONNECT_AT_ONCE,
  WR_SIGNALS_PER_SECOND: '100000',
  WR_SIGNAL_BURST: '100000',
};

/** What one mode found. */
interface Findings {
  readonly figures: unknown;
  readonly table: Cells;
  readonly notes: readonly string[];
}

const FIND: Readonly<Record<Mode, (options: SampleOptions) => Promise<Findings>>> = {
  costs: async (options) => {
    const cluster = await TestCluster.start(options.gateways, { env: NO_LIMITS, redis: options.redis });
    const figures = await withCluster(cluster, () => unitCosts(cluster, options, progress));
    return { figures, table: costTable(figures), notes: [] };
  },
  day: async (options) => {
    const { gateways, redis } = options;
    const start = () => TestCluster.start(gateways, { env: CONNECT_AT_ONCE, redis, direct: true });
    const cluster = await new Affinity().forServers(start);
    const figures = await withCluster(cluster, () => day(cluster, options, progress));
    return { figures, table: dayTable(figures), notes: [...dayNotes(figures), targetLine(dayTarget(figures))] };
  },
  growth: async ({ sample }) => {
    const plan = sizePlan(sample.sessions, descriptors());
    const env = { WR_MAX_CONNECTIONS: String(Math.max(...plan.sizes) + 1_000) };
    const server = await new Affinity().forServers(() => startGateways(NAMES.ours, 1, env));
    const figures = await growth(server, sample, plan, progress);
    const notes = [...growthNotes(figures), ...growthTargets(figures).map(targetLine)];
    return { figures, table: growthTable(figures), notes };
  },
  storm: async () => {
    const figures = await stormFigures();
    return { figures, table: stormTable(figures), notes: [] };
  },
};

function progress(text: string): void {
  process.stderr.write(`measuring ${text}\n`);
}

async function withCluster<T>(cluster: TestCluster, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await cluster.stop();
  }
}

/** How many files a process that this one starts may open. */
function descriptors(): number {
  const hard = /^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return hard === undefined ? Infinity : Number(hard);
}

const options = readSampleOptions(process.argv.slice(2));
if ('text' in options) {
  process[options.failed ? 'stderr' : 'stdout'].write(`${options.text}\n`);
  process.exitCode = options.failed ? 2 : 0;
} else {
  const { figures, table, notes } = await FIND[options.mode](options);
  const text = [textTable(table), ...notes].join('\n');
  process.stdout.write(`${options.json ? JSON.stringify(figures, null, 2) : text}\n`);
}
