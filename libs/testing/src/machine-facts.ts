import { cpus, release, totalmem } from 'node:os';

/** Where and when figures were measured. */
export interface MachineFacts {
  readonly date: string;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
}

/** This machine, today. */
export function machineFacts(): MachineFacts {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} CPUs`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: `Linux ${release()}`,
    node: process.version,
  };
}
