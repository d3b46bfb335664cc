import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { machineFacts, type MachineFacts } from '@white-rabbit/testing';
import { sum } from '../load/statistics.js';
import type { Affinity } from './affinity.js';

/** Where and when a run took place. */
export interface Machine extends MachineFacts {
  /** Which CPUs the servers had, and which the load generator. */
  readonly pinning: string;
  /** CPUs that other programs used before the run: more than a tenth of one makes its figures doubtful. */
  readonly busyCpus: number;
}

/** How long the use of CPUs is observed. */
const OBSERVED_MS = 1_000;

/** This machine, now. */
export async function thisMachine({ split }: Affinity): Promise<Machine> {
  return {
    ...machineFacts(),
    pinning: split
      ? `servers and their Redis and PostgreSQL on CPU ${split.servers.join(', ')}, load generator on CPU ${split.generator.join()}`
      : 'none: it takes two CPUs and taskset (util-linux)',
    busyCpus: await busyCpus(),
  };
}

async function busyCpus(): Promise<number> {
  const before = busyMs();
  await sleep(OBSERVED_MS);
  return (busyMs() - before) / OBSERVED_MS;
}

function busyMs(): number {
  return sum(cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq));
}
