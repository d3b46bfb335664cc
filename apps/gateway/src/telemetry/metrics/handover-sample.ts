import type { Outcome } from '@white-rabbit/signaling';
import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from './metrics.js';

/** One signal in this many is timed; a power of two. Timing all signals would cost a clock reading each. */
const EVERY = 64;

/** Measures how long it takes to pass on a signal, for a sample of the signals. */
@Injectable()
export class HandoverSample {
  #signals = 0;

  constructor(@Inject(Metrics) private readonly metrics: Pick<Metrics, 'handovers'>) {}

  /** Whether the current signal is part of the sample. */
  isDue(): boolean {
    this.#signals += 1;
    return (this.#signals & (EVERY - 1)) === 0;
  }

  /**
   * Records the time of one signal: `heardMs` is when its frame was read, monotonic. Signals that were not passed on
   * are ignored.
   */
  note(heardMs: number, outcome: Outcome | Promise<Outcome>): void {
    if (!(outcome instanceof Promise)) {
      if (outcome === 'ok') this.metrics.handovers.note(performance.now() - heardMs, 'same_node');
      return;
    }
    void outcome.then((known) => {
      if (known === 'ok') this.metrics.handovers.note(performance.now() - heardMs, 'across');
    });
  }
}
