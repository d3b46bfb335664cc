import type { Cells } from '../../report/cells.js';
import { goodput, reconnectStorm, type Database } from './license-storm.js';

/** A reconnect storm, and what became of it. */
export interface StormFigures extends Database {
  readonly clients: number;
  /** When the last client was registered. Seconds. */
  readonly lastSeconds: number;
  /** The least that the database needs for so many. Seconds. */
  readonly leastSeconds: number;
  readonly refusalsEach: number;
  /** At twice the capacity: part of the capacity that ends as verdicts in time. */
  readonly goodput: number;
}

/** Clients, connections and milliseconds of a check: a near and a far database, a whole gateway's clients, more than that. */
const STORMS: readonly (readonly [clients: number, connections: number, serviceMs: number])[] = [
  [12_000, 4, 20],
  [12_000, 4, 5],
  [12_000, 9, 20],
  [40_000, 4, 20],
];

/** The figures of docs/capacity.md: the license queue of the gateway, the back-off of the SDK, simulated time, seed 1. */
export async function stormFigures(): Promise<readonly StormFigures[]> {
  const figures: StormFigures[] = [];
  for (const [clients, connections, serviceMs] of STORMS) {
    const database = { connections, serviceMs };
    const { lastSeconds, refusalsEach } = await reconnectStorm(clients, database);
    const leastSeconds = (clients * serviceMs) / connections / 1_000;
    figures.push({
      clients,
      ...database,
      lastSeconds,
      leastSeconds,
      refusalsEach,
      goodput: await goodput(2, database),
    });
  }
  return figures;
}

/** A line for each storm. */
export function stormTable(storms: readonly StormFigures[]): Cells {
  return {
    head: [
      'clients',
      'connections',
      'a check',
      'last one in',
      'at least',
      'refusals each',
      'goodput at twice the capacity',
    ],
    rows: storms.map(({ clients, connections, serviceMs, lastSeconds, leastSeconds, refusalsEach, goodput: part }) => [
      String(clients),
      String(connections),
      `${serviceMs} ms`,
      `${lastSeconds.toFixed(0)} s`,
      `${leastSeconds.toFixed(0)} s`,
      refusalsEach.toFixed(1),
      `${(part * 100).toFixed(0)} %`,
    ]),
  };
}
