import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { bareSide } from './bare-side.js';
import { gatewaySide } from './gateway-side.js';
import { rssBytes } from './process-usage.js';
import { relayBench, type RelayFigures } from './relay-bench.js';
import type { RunningSide, Side } from './side.js';

// npm run bench: what a relayed signal and an idle session cost, beside a bare ws relay on the same machine in the same
// run. Absolute figures say little, machines differ and are noisy: the ratio is what counts.

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    rate: { type: 'string', default: '4000' },
    pairs: { type: 'string', default: '100' },
    sessions: { type: 'string', default: '5000' },
    json: { type: 'boolean', default: false },
  },
});

const SIDES: readonly Side[] = [bareSide, gatewaySide];
const SIZES = [400, 3_000];

const progress = (text: string) => process.stderr.write(`${text}\n`);

async function withSides<T>(work: (sides: readonly RunningSide[]) => Promise<T>): Promise<T> {
  const sides: RunningSide[] = [];
  try {
    for (const start of SIDES) sides.push(await start());
    return await work(sides);
  } finally {
    for (const side of sides) await side.stop();
  }
}

async function relay(bytes: number): Promise<RelayFigures[]> {
  const load = { perSecond: Number(values.rate), seconds: Number(values.seconds), bytes };
  return withSides((sides) => relayBench(sides, load, Number(values.pairs), Number(values.rounds), progress));
}

/** What one idle session costs a side in memory. */
interface IdleFigures {
  readonly name: string;
  readonly bytesPerSession: number;
}

/** What was garbage when the last session came is collected by then. */
const SETTLE_MS = 5_000;

/** Resident memory for one of that many idle sessions. Each side must be fresh: memory once taken is not given back. */
async function idleBench(side: RunningSide, sessions: number): Promise<IdleFigures> {
  await sleep(SETTLE_MS);
  const before = rssBytes(side.pid);
  await side.idle(sessions);
  await sleep(SETTLE_MS);
  const bytesPerSession = (rssBytes(side.pid) - before) / sessions;
  await side.disconnect();
  return { name: side.name, bytesPerSession };
}

async function idle(): Promise<IdleFigures[]> {
  const sessions = Number(values.sessions);
  return withSides(async (sides) => {
    const figures: IdleFigures[] = [];
    for (const side of sides) {
      progress(`${sessions} idle sessions: ${side.name}`);
      figures.push(await idleBench(side, sessions));
    }
    return figures;
  });
}

function print(relays: ReadonlyMap<number, readonly RelayFigures[]>, idles: readonly IdleFigures[]): void {
  const table = new Table({ head: ['figure', 'side', 'value', '× floor', 'p50 ms', 'p99 ms', 'lost'] });
  for (const [bytes, figures] of relays) {
    const floor = figures[0]?.cpuUsPerSignal ?? Number.NaN;
    for (const { name, cpuUsPerSignal, p50Ms, p99Ms, lost } of figures) {
      const ratio = (cpuUsPerSignal / floor).toFixed(2);
      table.push([
        `CPU a signal, ${bytes} B`,
        name,
        `${cpuUsPerSignal.toFixed(1)} µs`,
        ratio,
        p50Ms.toFixed(2),
        p99Ms.toFixed(2),
        lost,
      ]);
    }
  }
  const floor = idles[0]?.bytesPerSession ?? Number.NaN;
  for (const { name, bytesPerSession } of idles) {
    table.push([
      'RSS an idle session',
      name,
      `${(bytesPerSession / 1024).toFixed(1)} KB`,
      (bytesPerSession / floor).toFixed(2),
      '',
      '',
      '',
    ]);
  }
  process.stdout.write(`${table.toString()}\n`);
}

const relays = new Map<number, RelayFigures[]>();
for (const bytes of SIZES) relays.set(bytes, await relay(bytes));
const idles = await idle();
if (values.json)
  process.stdout.write(`${JSON.stringify({ relay: Object.fromEntries(relays), idle: idles }, null, 2)}\n`);
else print(relays, idles);
