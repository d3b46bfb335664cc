import { loadavg } from 'node:os';
import { machineFacts, type MachineFacts } from '@white-rabbit/testing';

/** Where and when a run took place. */
export interface Machine extends MachineFacts {
  /** Load of the machine over the last 15 minutes, other programs included. */
  readonly load: number;
}

/** This machine, now. */
export function thisMachine(): Machine {
  return { ...machineFacts(), load: Number((loadavg()[2] ?? 0).toFixed(1)) };
}
