import { setTimeout as sleep } from 'node:timers/promises';

/** How long to try, and how often. Milliseconds. */
export interface Patience {
  readonly deadlineMs?: number;
  readonly everyMs?: number;
}

/**
 * Calls `check` until it returns something other than `undefined` or `false`. For conditions without an event to wait
 * for (another process's readiness, a row, a key). An exception of `check` counts as "not yet".
 *
 * @throws Error naming `what` and the last failure, once the deadline (default: 10 s) has passed.
 */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined | false> | T | undefined | false,
  { deadlineMs = 10_000, everyMs = 50 }: Patience = {},
): Promise<T> {
  const end = performance.now() + deadlineMs;
  let last: unknown = 'it was not so';
  for (;;) {
    try {
      const found = await check();
      if (found !== undefined && found !== false) return found;
    } catch (failure) {
      last = failure;
    }
    if (performance.now() > end) throw new Error(`${what}: not within ${deadlineMs} ms (${String(last)})`);
    await sleep(everyMs);
  }
}
