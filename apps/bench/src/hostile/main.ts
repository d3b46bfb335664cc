import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import Table from 'cli-table3';
import { LIMITS } from '@white-rabbit/protocol';
import { newIdentity, TestCluster } from '@white-rabbit/testing';
import type { LoadResult } from '../load/load.js';
import { quantile } from '../load/statistics.js';
import { cpuMs, waitedMs } from '../machine/process-usage.js';
import { CALL_STATES, nameOf, type Attack, type AttackOrder, type AttackReport } from './attack.js';
import { bystanders, exchange, type Bystanders } from './bystanders.js';
import { SIGNAL_SHAPES } from './worst-signals.js';

// npm run hostile: ten sessions of one license send the worst that the limits allow, while ordinary pairs exchange signals
// on the same gateway and across two. What counts is how long the signals of the others take.

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    pairs: { type: 'string', default: '20' },
    rate: { type: 'string', default: '200' },
    only: { type: 'string', default: '' },
    /** For a gateway without the limit of added contacts: 0 stands for none. */
    'contacts-per-second': { type: 'string', default: String(LIMITS.contactsPerSecond) },
    'contact-burst': { type: 'string', default: String(LIMITS.contactBurst) },
    json: { type: 'boolean', default: false },
  },
});

const HOSTILE_SESSIONS = 10;
const SIGNAL_BYTES = 400;
const WARM_UP_S = 3;
const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
const TURN_FILE = join(folder, 'turns');
const SETTINGS = {
  WR_CONNECT_RATE: '100000',
  WR_DRAIN_SECONDS: '0',
  NODE_OPTIONS: `--import ${new URL('./turn-probe.js', import.meta.url).href}`,
  BENCH_TURN_FILE: TURN_FILE,
};

interface Row {
  readonly name: string;
  readonly nearP50Ms: number;
  readonly nearP99Ms: number;
  readonly acrossP50Ms: number;
  readonly acrossP99Ms: number;
  readonly lost: number;
  /** CPU of the first gateway, % of one core. */
  readonly cpu: number;
  /** Time in which the first gateway was ready and had no CPU, %: if this is not small, the machine is too busy to tell. */
  readonly waited: number;
  /** CPU time of the longest stretch in which a gateway's event loop did one thing, ms: the first's, the second's. */
  readonly longestTurnsMs: readonly number[];
  readonly report: AttackReport | undefined;
}

/** What the probes in both gateways have reported so far. */
function toldTurns(running: TestCluster): number[][] {
  return running.gateways.map(({ pid }) => readFileSync(`${TURN_FILE}.${pid}`, 'utf8').trim().split('\n').map(Number));
}

function attacks(): Attack[] {
  const signals = CALL_STATES.flatMap((state) =>
    SIGNAL_SHAPES.map((shape): Attack => ({ kind: 'signals', state, shape })),
  );
  const others: Attack[] = [{ kind: 'contacts' }, { kind: 'flood', shape: 'many objects' }];
  return [...signals, ...others].filter((attack) => new RegExp(values.only).test(nameOf(attack)));
}

const orUnlimited = (text: string) => (Number(text) === 0 ? Number.MAX_SAFE_INTEGER : Number(text));

function orderOf(attack: Attack, running: TestCluster, licenseKey: string, people: AttackOrder['people']): AttackOrder {
  const isSignal = attack.kind !== 'contacts';
  return {
    attack,
    urls: [running.gateway(0).url, running.gateway(1).url],
    licenseKey,
    people,
    seconds: Number(values.seconds),
    frames: isSignal
      ? { burst: LIMITS.signalBurst, perSecond: LIMITS.signalsPerSecond }
      : { burst: LIMITS.eventBurst, perSecond: LIMITS.eventsPerSecond },
    names: { burst: orUnlimited(values['contact-burst']), perSecond: orUnlimited(values['contacts-per-second']) },
  };
}

async function measure(running: TestCluster, others: Bystanders, order: AttackOrder | undefined): Promise<Row> {
  const worker =
    order && new Worker(new URL('./hostile-worker.js', import.meta.url), { workerData: order satisfies AttackOrder });
  const exited = worker && once(worker, 'exit');
  if (worker) await once(worker, 'message');
  const pid = running.gateway(0).pid;
  const turnsBefore = toldTurns(running);
  const before = { cpuMs: cpuMs(pid), waitedMs: waitedMs(pid) };
  const reported = worker && (once(worker, 'message') as Promise<[AttackReport]>);
  worker?.postMessage('begin');
  const traffic = { perSecond: Number(values.rate), bytes: SIGNAL_BYTES };
  const { near, across } = await exchange(others, traffic, Number(values.seconds));
  const percent = (ms: number) => ms / (Number(values.seconds) * 10);
  const [cpu, waited] = [percent(cpuMs(pid) - before.cpuMs), percent(waitedMs(pid) - before.waitedMs)];
  const report = (await reported)?.[0];
  await exited;
  const longestTurnsMs = toldTurns(running).map((turns, n) => Math.max(...turns.slice(turnsBefore[n]?.length)));
  const lost = near.sent - near.arrived + across.sent - across.arrived;
  return {
    name: order ? nameOf(order.attack) : 'no hostile session',
    ...times(near, across),
    lost,
    cpu,
    waited,
    longestTurnsMs,
    report,
  };
}

function times({ latenciesMs: near }: LoadResult, { latenciesMs: across }: LoadResult) {
  return {
    nearP50Ms: quantile(near, 0.5),
    nearP99Ms: quantile(near, 0.99),
    acrossP50Ms: quantile(across, 0.5),
    acrossP99Ms: quantile(across, 0.99),
  };
}

function print(rows: readonly Row[]): void {
  const table = new Table({
    style: { head: [], border: [] },
    head: [
      'ten sessions send',
      'MB',
      'p50 ms',
      'p99 ms',
      'p50 across',
      'p99 across',
      'lost',
      'CPU',
      'no CPU',
      'longest turns, ms CPU',
      'answers',
    ],
  });
  for (const { name, report, lost, cpu, waited, longestTurnsMs, ...ms } of rows) {
    const figures = [ms.nearP50Ms, ms.nearP99Ms, ms.acrossP50Ms, ms.acrossP99Ms].map((value) => value.toFixed(1));
    const answers = Object.entries(report?.answers ?? {}).map(([answer, count]) => `${answer} ${count}`);
    const megabytes = ((report?.bytes ?? 0) / 1e6).toFixed(1);
    table.push([
      name,
      megabytes,
      ...figures,
      lost,
      `${cpu.toFixed(0)} %`,
      `${waited.toFixed(0)} %`,
      longestTurnsMs.join(', '),
      answers.join(', '),
    ]);
  }
  process.stdout.write(`${table.toString()}\n`);
}

const running = await TestCluster.start(2, { env: SETTINGS });
try {
  const [license] = await running.licenses.issue({ count: 1, maxDevices: HOSTILE_SESSIONS });
  const people = Array.from({ length: HOSTILE_SESSIONS }, () => newIdentity('hostile'));
  const others = await bystanders(running, Number(values.pairs));
  await exchange(others, { perSecond: Number(values.rate), bytes: SIGNAL_BYTES }, WARM_UP_S);
  const rows: Row[] = [];
  for (const attack of [undefined, ...attacks()]) {
    const order = attack && orderOf(attack, running, license?.license_key ?? '', people);
    const row = await measure(running, others, order);
    rows.push(row);
    process.stderr.write(`${row.name}: p99 ${row.nearP99Ms.toFixed(1)} ms, across ${row.acrossP99Ms.toFixed(1)} ms\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else print(rows);
} finally {
  await running.stop();
  rmSync(folder, { recursive: true });
}
