/** What may happen while nothing is lost, and how often: mostly actions that advance a call. */
export const LOSSLESS = {
  call: 2,
  accept: 3,
  signal: 5,
  arrive: 10,
  reject: 1,
  hangup: 1,
  established: 1,
  wait: 1,
  reconnect: 1,
  again: 1,
  intrude: 1,
};

/** What else may happen. */
export const LOSSES = { lose: 1, giveUp: 2, outwait: 1, kill: 1, suspect: 1, back: 1, cutOff: 1, reconnected: 1 };

/** A kind of step from the lists above. */
export type Action = keyof typeof LOSSLESS | keyof typeof LOSSES;

/** What a client does by itself, as opposed to the network or time. */
export type ClientAction = 'call' | 'accept' | 'signal' | 'reject' | 'hangup' | 'established' | 'again' | 'intrude';

/** One random step; `a`, `b`, `c` select the clients and values that it affects. */
export interface Step {
  readonly what: Action;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** The item of the list that the number selects. */
export const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % list.length];
