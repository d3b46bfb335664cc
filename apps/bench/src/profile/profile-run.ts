import { run } from '../load/load.js';
import { threadUsage, type ThreadUsage } from '../machine/process-usage.js';
import type { Cells } from '../report/cells.js';
import type { Bench } from '../rows/bench.js';
import { ONE_NODE_ROWS } from '../rows/signal-rows.js';
import { NAMES } from '../sides/catalog.js';
import { startGateways } from '../sides/gateways.js';
import { Side } from '../sides/side.js';
import { GC, NATIVE, sharesByGroup } from './file-groups.js';
import { INSPECT, profiled } from './inspector.js';

/** Long enough for clock ticks of 10 ms. */
const ROUNDS = 3;

/** Where the CPU time of a signal goes in the gateway, at the load of the first row. */
export async function profileTable({ sample, affinity, progress }: Bench): Promise<Cells> {
  const server = await startGateways(NAMES.ours, 1, { NODE_OPTIONS: INSPECT });
  const side = new Side(server);
  const gateway = server.cluster.gateway(0);
  // The profiler counts time on the clock: on one CPU it would count the back ends where the gateway wakes them.
  affinity.moveToServers(gateway.pid);
  try {
    progress(`${sample.idleSessions} idle sessions, ${sample.pairs} pairs`);
    await side.idle(sample.idleSessions);
    const ends = await side.connect(sample.pairs);
    const load = { ...ONE_NODE_ROWS.signal.load, seconds: sample.seconds * ROUNDS };
    progress(`warm-up ${sample.warmUpS} s`);
    await run(ends, { ...load, seconds: sample.warmUpS });
    // The profiler has threads of its own, so that times are measured without it, and shares with it.
    progress('CPU time of each thread');
    const before = threadUsage(gateway.pid);
    const { sent } = await run(ends, load);
    const times = perSignal(gateway.pid, before, threadUsage(gateway.pid), sent);
    progress('CPU profile');
    const profile = await profiled(gateway.process, () => run(ends, load));
    return table(times, sharesByGroup(profile));
  } finally {
    await side.stop();
  }
}

/** CPU time for one signal, µs. */
interface Times {
  readonly mainUserUs: number;
  readonly mainSystemUs: number;
  readonly helpersUs: number;
}

type Threads = ReadonlyMap<number, ThreadUsage>;

function perSignal(pid: number, before: Threads, after: Threads, signals: number): Times {
  const us = (thread: number, which: keyof ThreadUsage) =>
    (((after.get(thread)?.[which] ?? 0) - (before.get(thread)?.[which] ?? 0)) * 1000) / signals;
  const helpers = [...after.keys()].filter((thread) => thread !== pid);
  return {
    mainUserUs: us(pid, 'userMs'),
    mainSystemUs: us(pid, 'systemMs'),
    helpersUs: helpers.reduce((total, thread) => total + us(thread, 'userMs') + us(thread, 'systemMs'), 0),
  };
}

function table({ mainUserUs, mainSystemUs, helpersUs }: Times, shares: ReadonlyMap<string, number>): Cells {
  const mainUs = mainUserUs + mainSystemUs;
  const totalUs = mainUs + helpersUs;
  const inGroup = (group: string) => (shares.get(group) ?? 0) * mainUs;
  const files = [...shares.keys()].filter((group) => group !== NATIVE && group !== GC);
  const lines: readonly (readonly [string, number])[] = [
    ['kernel: system time of the main thread', mainSystemUs],
    // System time is spent in native code.
    ['native code of Node and libuv, user time', Math.max(0, inGroup(NATIVE) - mainSystemUs)],
    ['garbage collector, main thread', inGroup(GC)],
    ['helper threads of V8 and libuv', helpersUs],
    ...files.map((group) => [group, inGroup(group)] as const).sort(([, a], [, b]) => b - a),
    ['all', totalUs],
  ];
  return {
    head: ['where', 'µs a signal', 'share'],
    rows: lines.map(([where, us]) => [where, us.toFixed(1), `${((us / totalUs) * 100).toFixed(0)} %`]),
  };
}
