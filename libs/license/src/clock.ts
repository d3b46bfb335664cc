/** The clock of a queue, which tests replace. */
export interface Clock {
  /** Monotonic. Milliseconds. */
  now(): number;
  /** Calls `then` after `delayMs`, unless the returned function is called before. */
  after(delayMs: number, then: () => void): () => void;
}

/** The monotonic clock of this process. */
export const PROCESS_CLOCK: Clock = {
  now: () => performance.now(),
  after: (delayMs, then) => {
    const timer = setTimeout(then, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};
