import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Servers on more CPUs than this gain nothing: two nodes and a back end. */
const MOST_SERVER_CPUS = 3;

/** Which CPUs the servers use, and which the load generator. */
export interface CpuSplit {
  readonly servers: readonly number[];
  readonly generator: readonly number[];
}

/** The last CPU for the generator, the others for the servers, up to three. `undefined`: there is only one. */
export function splitCpus(cpus: readonly number[]): CpuSplit | undefined {
  const generator = cpus.slice(-1);
  const servers = cpus.slice(0, -1).slice(0, MOST_SERVER_CPUS);
  return servers.length === 0 ? undefined : { servers, generator };
}

/** The numbers in a list as the kernel writes it, such as `0-2,5`. */
export function cpuList(text: string): readonly number[] {
  return text.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, n) => first + n);
  });
}

/** Keeps servers and generator on different CPUs with `taskset` (util-linux). */
export class Affinity {
  /** `undefined`: nothing is pinned, because there is one CPU or no `taskset`. */
  readonly split: CpuSplit | undefined;

  /** Pins this process, which generates the load, and what it starts from now on. */
  constructor() {
    const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
    const split = splitCpus(cpuList(allowed));
    this.split = split && pin(process.pid, split.generator) ? split : undefined;
  }

  /** Processes that `start` starts use the CPUs of the servers: a child inherits them from this process. */
  async forServers<T>(start: () => Promise<T>): Promise<T> {
    if (!this.split) return start();
    pin(process.pid, this.split.servers);
    try {
      return await start();
    } finally {
      pin(process.pid, this.split.generator);
    }
  }

  /** That process alone uses the CPUs of the servers, and what it was started with stays at the generator's. */
  moveToServers(pid: number): void {
    if (this.split) pin(pid, this.split.servers);
  }
}

function pin(pid: number, cpus: readonly number[]): boolean {
  const args = ['--all-tasks', '--cpu-list', '--pid', cpus.join(','), String(pid)];
  return spawnSync('taskset', args).status === 0;
}
