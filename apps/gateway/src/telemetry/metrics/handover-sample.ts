import type { Outcome } from '@white-rabbit/signaling';
import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from './metrics.js';

/** Every how-manieth signal is timed; a power of two. All of them would cost a clock reading each. */
const EVERY = 64;

/** How long it takes to hand a signal over, of a sample of them. */
@Injectable()
export class HandoverSample {
  #signals = 0;

  constructor(@Inject(Metrics) private readonly metrics: Pick<Metrics, 'handovers'>) {}

  /** Whether the signal at hand is one that is timed. */
  isDue(): boolean {
    this.#signals += 1;
    return (this.#signals & (EVERY - 1)) === 0;
  }

  /** Times one: `heardMs` is when its frame was read, monotonic. What was not handed over is not noted. */
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
