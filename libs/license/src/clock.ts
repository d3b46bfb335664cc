/** Time as a queue sees it, so that a test or a simulation can hold it still. */
export interface Clock {
  /** Monotonic. Milliseconds. */
  now(): number;
  /** Calls `then` after so many milliseconds, unless the returned function was called before. */
  after(delayMs: number, then: () => void): () => void;
}

/** The time of this process. */
export const PROCESS_CLOCK: Clock = {
  now: () => performance.now(),
  after: (delayMs, then) => {
    const timer = setTimeout(then, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};
