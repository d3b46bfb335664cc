import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once `done` has, or after `limitMs`, whichever is first. Does not hold the process. */
export async function upTo(limitMs: number, done: Promise<unknown>): Promise<void> {
  const ended = new AbortController();
  const limit = sleep(limitMs, undefined, { ref: false, signal: ended.signal }).catch(() => undefined);
  await Promise.race([done, limit]);
  ended.abort();
}
