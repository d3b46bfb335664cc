/** Cancels a timer. Calling it again, or after the timer fired, does nothing. */
export type Cancel = () => void;

/** Monotonic time and timers, injected so that tests control the time. */
export interface Clock {
  /** Monotonic ms; a jump of the wall clock does not affect it. */
  now(): number;
  /** Calls once, `ms` from now. */
  after(ms: number, call: () => void): Cancel;
  /** Calls every `ms` until cancelled. */
  every(ms: number, call: () => void): Cancel;
}

/** The process's own time. Its timers do not keep the process running. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms).unref();
    return () => {
      clearTimeout(timer);
    };
  },
  every(ms, call) {
    const timer = setInterval(call, ms).unref();
    return () => {
      clearInterval(timer);
    };
  },
};

/** Resolves `ms` from now. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** Resolves in the next turn of the event loop, after what waits now. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
