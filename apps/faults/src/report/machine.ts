import { cpus, loadavg, release, totalmem } from 'node:os';

/** Where and when a run took place. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  /** Load of the machine over the last 15 minutes, other programs included. */
  readonly load: number;
}

/** This machine, now. */
export function thisMachine(): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} CPUs`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: `Linux ${release()}`,
    node: process.version,
    load: Number((loadavg()[2] ?? 0).toFixed(1)),
  };
}
