import { afterClose, backOffMs } from '@white-rabbit/client/reconnect';
import { type Clock, type TaskResult, DeadlineQueue } from '@white-rabbit/license';
import { SimulatedTime } from './simulated-time.js';

/** The database and the queue before it. */
export interface Database {
  /** Checks at once. */
  readonly connections: number;
  /** Mean time of a check on a connection; each takes from half to one and a half times as long. */
  readonly serviceMs: number;
}

/** The part of the license queue that is simulated with. */
export type Queue = Pick<DeadlineQueue, 'run'>;

/** Makes the queue on test. */
export type MakeQueue = (database: Database, clock: Clock, random: () => number) => Queue;

/** The queue of a gateway, with the bounds of a gateway (`LICENSE_DEADLINE_MS`, `MAX_WAITING` of libs/license). */
const gatewayQueue: MakeQueue = ({ connections }, clock, random) =>
  new DeadlineQueue({ concurrency: { min: 1, max: connections }, maxWaiting: 1_000, deadlineMs: 2_500, clock, random });

/** What became of clients that came back all at once. */
export interface StormOutcome {
  readonly registered: number;
  /** When the last of them was registered. Seconds from the first attempt on. */
  readonly lastSeconds: number;
  /** Attempts that ended without a verdict, for each client. */
  readonly refusalsEach: number;
}

/** Within this time all clients make their first attempt. */
const ARRIVE_MS = 1_000;

/** What a gateway says if the queue names no time. */
const retryMs = (random: () => number) => 2_000 * (0.5 + random());

/** Clients with the SDK's back-off register after a loss of all gateways; ends after `limitSeconds` with those that are in. */
export async function reconnectStorm(
  clients: number,
  database: Database,
  { seed = 1, limitSeconds = 600, makeQueue = gatewayQueue } = {},
): Promise<StormOutcome> {
  const [time, random] = [new SimulatedTime(), seededRandom(seed)];
  const queue = makeQueue(database, time, random);
  const check = () => time.sleep(database.serviceMs * (0.5 + random()));
  let [registered, lastMs, refusals] = [0, 0, 0];
  const attempt = async (failures: number): Promise<void> => {
    const result = await queue.run(check);
    if (result.outcome === 'done') {
      registered += 1;
      lastMs = time.now();
      return;
    }
    refusals += 1;
    time.after(pauseMs(result, failures + 1, random), () => void attempt(failures + 1));
  };
  for (let n = 0; n < clients; n += 1) time.after(random() * ARRIVE_MS, () => void attempt(0));
  await time.run(limitSeconds * 1_000);
  return { registered, lastSeconds: lastMs / 1_000, refusalsEach: refusals / clients };
}

/** The SDK's pause after a close with 4004 and the reason that the gateway gives. */
function pauseMs(result: TaskResult<unknown>, failures: number, random: () => number): number {
  const statedMs = 'retryAfterMs' in result ? result.retryAfterMs : retryMs(random);
  const next = afterClose({ code: 4004, reason: `retry_after_ms=${Math.ceil(statedMs)}` });
  if (!next.again) throw new Error('A client does not come back by itself after 4004.');
  return next.notBeforeMs + backOffMs(failures, random);
}

/**
 * Part of the database's capacity that ends as verdicts in time, while registers arrive at random moments at `load` times
 * the capacity, for `seconds`. The queue has `serviceMs` × 100 to learn how slow the database is.
 */
export async function goodput(
  load: number,
  database: Database,
  { seed = 1, seconds = 30, makeQueue = gatewayQueue } = {},
): Promise<number> {
  const [time, random] = [new SimulatedTime(), seededRandom(seed)];
  const queue = makeQueue(database, time, random);
  const { serviceMs, connections } = database;
  const startMs = 100 * serviceMs;
  const endMs = startMs + seconds * 1_000;
  let inTime = 0;
  const register = async () => {
    const { outcome } = await queue.run(() => time.sleep(serviceMs * (0.5 + random())));
    if (outcome === 'done' && time.now() >= startMs && time.now() <= endMs) inTime += 1;
  };
  const arrive = (): void => {
    void register();
    // Exponential gaps: arrivals that do not know of each other.
    if (time.now() < endMs) time.after((-Math.log(1 - random()) * serviceMs) / connections / load, arrive);
  };
  arrive();
  await time.run(endMs);
  return inTime / ((seconds * 1_000 * connections) / serviceMs);
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
