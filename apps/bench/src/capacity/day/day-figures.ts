import type { Cells } from '../../report/cells.js';
import type { Target } from '../../rows/row.js';
import type { Usage } from '../usage.js';

export const SESSION_MINUTES = 20;
export const MINUTES_BETWEEN_CALLS = 10;
export const HOUR_S = 3_600;

/** What a cluster used while it did something, on top of all that it did before. */
export interface State {
  /** What was added to the state before. */
  readonly added: string;
  readonly seconds: number;
  readonly used: Usage;
}

/** Signals between two gateways in the last state but calls. */
export interface SignalLatency {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly lost: number;
}

/** What `npm run capacity -- --day` measured. */
export interface DayFigures {
  readonly sessions: number;
  /** Each with what it added to the one before. */
  readonly states: readonly State[];
  readonly registersRefused: number;
  readonly callsFailed: number;
  readonly signalsMissing: number;
  readonly latency: SignalLatency;
}

/** CPU time of an hour, s. */
interface HourCpu {
  readonly gateways: number;
  readonly redis: number;
  readonly postgres: number;
}

/** CPU time of an hour of each state, s: its measured time, scaled. */
export function cpuOfHour({ used, seconds }: State): HourCpu {
  const scaled = (ms: number) => (ms / 1000 / seconds) * HOUR_S;
  return { gateways: scaled(used.gatewayCpuMs), redis: scaled(used.redisCpuMs), postgres: scaled(used.postgresCpuMs) };
}

/** CPU time of an hour: what each state added, and all. */
export function dayTable({ states }: DayFigures): Cells {
  const hours = states.map(cpuOfHour);
  const last = hours.at(-1) ?? { gateways: 0, redis: 0, postgres: 0 };
  const all = total(last);
  const line = (name: string, cpu: HourCpu) => {
    const parts = [cpu.gateways, cpu.redis, cpu.postgres, total(cpu)].map((seconds) => `${seconds.toFixed(1)} s`);
    return [name, ...parts, `${((total(cpu) / all) * 100).toFixed(0)} %`];
  };
  return {
    head: ['CPU time of an hour', 'gateways', 'Redis', 'PostgreSQL', 'all', 'share'],
    rows: [
      ...states.map(({ added }, index) => line(added, difference(hours[index] ?? last, hours[index - 1]))),
      line('all', last),
    ],
  };
}

const MOST_P99_MS = 20;

/** The goal of the latency of signals, and whether it was reached. */
export function dayTarget({ latency, sessions }: DayFigures): Target {
  const load = `${latency.perSecond.toLocaleString('en')} signals/s between two gateways with ${sessions.toLocaleString('en')} sessions`;
  const times = `p50 ${latency.p50Ms.toFixed(2)} ms, p99 ${latency.p99Ms.toFixed(2)} ms, ${latency.lost} lost`;
  return {
    text: `p99 < ${MOST_P99_MS} ms: ${load}: ${times}`,
    isMet: latency.p99Ms < MOST_P99_MS && latency.lost === 0,
  };
}

/** What was measured and what was scaled, and what went wrong. */
export function dayNotes({ states, sessions, registersRefused, callsFailed, signalsMissing }: DayFigures): string[] {
  const seconds = states.map((state) => state.seconds.toFixed(0)).join(', ');
  const rates = [
    `${(sessions / SESSION_MINUTES / 60).toFixed(1)} sessions/s that leave and as many that register`,
    `${(sessions / MINUTES_BETWEEN_CALLS / 60).toFixed(1)} calls/s`,
  ];
  return [
    `Measured: ${seconds} s of the states, each with all that is above it, at the true rates: ${rates.join(', ')}.`,
    `Scaled: to ${HOUR_S} s. A line is the difference to the state above. The first registers are not included.`,
    `Registers refused: ${registersRefused}. Calls failed: ${callsFailed}, signals missing in the others: ${signalsMissing}.`,
  ];
}

function difference(cpu: HourCpu, before: HourCpu | undefined): HourCpu {
  if (!before) return cpu;
  return {
    gateways: cpu.gateways - before.gateways,
    redis: cpu.redis - before.redis,
    postgres: cpu.postgres - before.postgres,
  };
}

function total({ gateways, redis, postgres }: HourCpu): number {
  return gateways + redis + postgres;
}
