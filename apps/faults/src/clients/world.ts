import type { Oracle } from '../oracle/oracle.js';
import type { Random } from './random.js';

/** A gateway that clients may connect to. */
export interface Endpoint {
  /** Its number in the test. */
  readonly gateway: number;
  readonly url: string;
}

/** What simulated clients share. */
export interface World {
  readonly oracle: Oracle;
  /** The gateway for the next connection of a client that prefers this one, as a load balancer chooses it. */
  endpoint(preferred: number, random: Random): Endpoint | undefined;
  /** Called with each close code, or the HTTP status of a refused upgrade. */
  closed(code: number): void;
}
