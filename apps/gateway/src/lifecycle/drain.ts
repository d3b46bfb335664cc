import { setTimeout as sleep } from 'node:timers/promises';

/** Something that is closed when its time has come. */
export interface Closable {
  readonly isOpen: boolean;
}

/**
 * Closes all, spread evenly over `windowMs` with jitter: each in its own slice of the time, so that no moment holds more
 * than its share, and those who come back do not come as one. `wait` is the timer's, unless a test has its own time.
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

/** In random order: those who came together are not sent away together. */
export function shuffled<T>(all: readonly T[]): T[] {
  return all
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
