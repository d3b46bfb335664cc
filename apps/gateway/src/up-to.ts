/** Resolves once `done` has, or after `limitMs`, whichever is first. Does not hold the process. */
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
