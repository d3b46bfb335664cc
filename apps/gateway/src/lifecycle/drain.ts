import { setTimeout as sleep } from 'node:timers/promises';

/** An object that can be closed once. */
export interface Closable {
  readonly isOpen: boolean;
}

/**
 * Closes all, spread evenly over `windowMs` with jitter. Each gets its own slice of the time, so that no moment has
 * more than its share and clients do not return all at once. `wait` is a timer by default; tests pass their own.
 */
export async function spread<C extends Closable>(
  all: readonly C[],
  windowMs: number,
  close: (one: C) => void,
  wait: (ms: number) => Promise<unknown> = sleep,
): Promise<void> {
  const startMs = performance.now();
  const sliceMs = windowMs / Math.max(1, all.length);
  for (const [index, one] of all.entries()) {
    const dueMs = startMs + (index + Math.random()) * sliceMs;
    const waitMs = dueMs - performance.now();
    if (waitMs >= 1) await wait(waitMs);
    if (one.isOpen) close(one);
  }
}

/** Returns the elements in random order: clients that connected at the same time are not closed at the same time. */
export function shuffled<T>(all: readonly T[]): T[] {
  return all
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
