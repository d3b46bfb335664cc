/** How much of each thing is measured. */
export interface Sample {
  /** Load on each side before its figures count, s: the JIT has to have seen the code. */
  readonly warmUpS: number;
  /** The same before each further load on the same processes. */
  readonly rewarmS: number;
  readonly rounds: number;
  /** Length of a round. */
  readonly seconds: number;
  readonly pairs: number;
  /** Sessions that only answer heartbeats, in each process while signals are measured. */
  readonly idleSessions: number;
  /** Sessions for the memory of one, and rounds, each with fresh processes. */
  readonly memorySessions: number;
  readonly memoryRounds: number;
  /** From the last register to the reading of memory. */
  readonly settleMs: number;
  /** First registers: a third of what a gateway and its PostgreSQL on one CPU can do, so that none is refused. */
  readonly registersPerSecond: number;
  /** Registers of devices that are bound. */
  readonly knownRegistersPerSecond: number;
  /** Clients that watch the same peers, over three nodes. */
  readonly watchers: number;
  readonly changesPerSecond: number;
}

/** Less than 20 minutes. */
export const WHOLE: Sample = {
  warmUpS: 20,
  rewarmS: 3,
  rounds: 5,
  seconds: 3,
  pairs: 100,
  idleSessions: 10_000,
  memorySessions: 9_000,
  memoryRounds: 5,
  settleMs: 3_000,
  registersPerSecond: 150,
  knownRegistersPerSecond: 500,
  watchers: 1_000,
  changesPerSecond: 10,
};

/** Less than 2 minutes: shows that everything works; its figures are not reliable. */
export const QUICK: Sample = {
  ...WHOLE,
  warmUpS: 1,
  rewarmS: 0.5,
  rounds: 2,
  seconds: 0.5,
  idleSessions: 1_000,
  memorySessions: 1_000,
  memoryRounds: 1,
  settleMs: 1_000,
  watchers: 200,
};
