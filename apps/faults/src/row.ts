import type { Run } from './scenario/scenario.js';

/** A fault, the promise that must hold under it, and how it is injected. */
export interface Row {
  /** Its number; the documents refer to it. */
  readonly number: number;
  /** Distinguishes the runs of one number, such as the topology of Redis. */
  readonly variant?: string;
  readonly title: string;
  readonly promise: string;
  /** Why this machine cannot run it, as a sentence; `undefined` if it can. */
  readonly missing?: () => Promise<string | undefined>;
  /** @param scale multiplies the sizes; 1 is the stated size. */
  readonly run: (run: Run, scale: number) => Promise<void>;
}
