import type { Cancel, Clock } from '../../src/clock.js';

interface Timer {
  at: number;
  readonly call: () => void;
  readonly everyMs: number | undefined;
}

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  #time = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#time;
  }

  after(ms: number, call: () => void): Cancel {
    return this.#add({ at: this.#time + ms, call, everyMs: undefined });
  }

  every(ms: number, call: () => void): Cancel {
    return this.#add({ at: this.#time + ms, call, everyMs: ms });
  }

  /** Moves time on; timers fire in order, and what each set off in promises is done before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#time + ms;
    await settled();
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#time = timer.at;
      this.#fire(timer);
      await settled();
    }
    this.#time = end;
  }

  /** Moves time on while nothing runs, as for a process that was stopped: due timers fire late, and once. */
  async freeze(ms: number): Promise<void> {
    this.#time += ms;
    for (const timer of this.#timers) if (timer.at < this.#time) timer.at = this.#time;
    await this.advance(0);
  }

  #add(timer: Timer): Cancel {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers)
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer;
    return first;
  }

  #fire(timer: Timer): void {
    if (timer.everyMs === undefined) this.#timers.delete(timer);
    else timer.at = this.#time + timer.everyMs;
    timer.call();
  }
}

/** Resolves when the promises and immediates that wait now have run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
