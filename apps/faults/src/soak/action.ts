import type { Random } from '../clients/random.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Readiness } from './readiness.js';

/** A fault of the soak. It ends by itself; others may begin before it has ended. */
export interface Action {
  readonly name: string;
  /** How often it is chosen, relative to the others. */
  readonly weight: number;
  /** What it breaks: two actions never break the same thing at the same time. */
  readonly breaks: 'redis' | 'postgres' | 'gateway' | 'clock' | 'clients' | 'visitors' | 'network';
  act(scenario: Scenario, random: Random, readiness: Readiness): Promise<void>;
}
