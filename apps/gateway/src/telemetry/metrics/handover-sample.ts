import type { Outcome } from '@white-rabbit/signaling';
import type { FastHistogram } from './fast-histogram.js';

/** Every how-manieth signal is timed; a power of two. All of them would cost a clock reading each. */
const EVERY = 64;

/** How long it takes to hand a signal over, of a sample of them. */
export class HandoverSample {
  #signals = 0;

  constructor(private readonly times: Pick<FastHistogram<'same_node' | 'across'>, 'note'>) {}

  /** Whether the signal at hand is one that is timed. */
  isDue(): boolean {
    this.#signals += 1;
    return (this.#signals & (EVERY - 1)) === 0;
  }

  /** Times one: `heardMs` is when its frame was read, monotonic. What was not handed over is not noted. */
  note(heardMs: number, outcome: Outcome | Promise<Outcome>): void {
    if (!(outcome instanceof Promise)) {
      if (outcome === 'ok') this.times.note(performance.now() - heardMs, 'same_node');
      return;
    }
    void outcome.then((known) => {
      if (known === 'ok') this.times.note(performance.now() - heardMs, 'across');
    });
  }
}
