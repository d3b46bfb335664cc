import type { Action } from './action.js';

const SECOND = 1_000;
/** Half of a round trip, so that a query takes 2 s. Milliseconds. */
const SLOW_QUERY_MS = 1_000;

/** Faults of PostgreSQL. */
export const DATABASE_ACTIONS: readonly Action[] = [
  {
    name: 'PostgreSQL is away',
    weight: 2,
    breaks: 'postgres',
    act: async (scenario, random) => {
      const { postgresProxy } = scenario.cluster.faults;
      if (random.chance(0.5)) postgresProxy.reset();
      else postgresProxy.blackhole();
      await scenario.pass(random.between(2, 20) * SECOND);
      postgresProxy.pass();
    },
  },
  {
    name: 'PostgreSQL takes 2 s for a query',
    weight: 2,
    breaks: 'postgres',
    act: async ({ cluster, pass }, random) => {
      cluster.faults.postgresProxy.latency(SLOW_QUERY_MS);
      await pass(random.between(5, 20) * SECOND);
      cluster.faults.postgresProxy.pass();
    },
  },
];
