import type { Clock } from '@white-rabbit/license';

interface Timer {
  readonly atMs: number;
  /** `undefined` once cancelled. */
  then: (() => void) | undefined;
}

/** A clock that goes on only while `run` is awaited, from one timer to the next. */
export class SimulatedTime implements Clock {
  #nowMs = 0;
  /** A binary heap: the earliest first. */
  readonly #timers: Timer[] = [];

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, then: () => void): () => void {
    const timer: Timer = { atMs: this.#nowMs + Math.max(0, delayMs), then };
    this.#push(timer);
    return () => {
      timer.then = undefined;
    };
  }

  /** Resolves after so many simulated milliseconds. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Lets time pass until `untilMs`, or until nothing is left to happen. */
  async run(untilMs = Infinity): Promise<void> {
    for (;;) {
      const timer = this.#timers[0];
      if (timer === undefined || timer.atMs > untilMs) break;
      this.#pop();
      if (timer.then === undefined) continue;
      this.#nowMs = timer.atMs;
      timer.then();
      // All that follows from it at this moment, promises included.
      await new Promise(setImmediate);
    }
    if (untilMs !== Infinity) this.#nowMs = untilMs;
  }

  #push(timer: Timer): void {
    const heap = this.#timers;
    let index = heap.push(timer) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (this.#at(above) <= timer.atMs) break;
      this.#swap(index, above);
      index = above;
    }
  }

  #pop(): void {
    const heap = this.#timers;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let index = 0; ;) {
      let below = 2 * index + 1;
      if (this.#at(below + 1) < this.#at(below)) below += 1;
      if (this.#at(below) >= last.atMs) return;
      this.#swap(index, below);
      index = below;
    }
  }

  #at(index: number): number {
    return this.#timers[index]?.atMs ?? Infinity;
  }

  #swap(one: number, other: number): void {
    const [first, second] = [this.#timers[one], this.#timers[other]];
    if (first === undefined || second === undefined) return;
    this.#timers[one] = second;
    this.#timers[other] = first;
  }
}
