/** A session that ends releases its route, and a gateway that ends its lease. Milliseconds. */
const RELEASED_MS = 3_000;
const LEASE_RELEASED_MS = 1_000;
/** What a gateway that was killed leaves behind expires. Milliseconds. */
export const ORPHAN_MS = 60_000;

/** Redis with the time that is left to it. */
export interface Leftovers {
  readonly nowMs: number;
  keys(): Promise<readonly string[]>;
  /** Waits until the condition holds, at most for that time. */
  until(holds: () => Promise<boolean>, deadlineMs: number): Promise<unknown>;
}

/** The routes that are left after all clients have left: none, or those of a gateway killed less than 60 s ago. */
export async function routesLeft(redis: Leftovers, lastKillMs: number): Promise<readonly string[]> {
  const routes = async () => (await redis.keys()).filter((key) => key.startsWith('wr:route:'));
  return left(redis, routes, Math.max(RELEASED_MS, lastKillMs + ORPHAN_MS - redis.nowMs));
}

/** All keys that are left after all gateways have ended. */
export async function keysLeft(redis: Leftovers): Promise<readonly string[]> {
  return left(redis, () => redis.keys(), LEASE_RELEASED_MS);
}

async function left(redis: Leftovers, keys: Leftovers['keys'], deadlineMs: number): Promise<readonly string[]> {
  await redis.until(async () => (await keys()).length === 0, deadlineMs);
  return keys();
}
