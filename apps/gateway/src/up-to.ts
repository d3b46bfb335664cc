/**
 * Resolves when `done` resolves or after `limitMs`, whichever is first. The timer does not keep the process running.
 */
export async function upTo(limitMs: number, done: Promise<unknown>): Promise<void> {
  const { promise: limit, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, limitMs, undefined);
  timer.unref();
  try {
    await Promise.race([done, limit]);
  } finally {
    clearTimeout(timer);
  }
}
