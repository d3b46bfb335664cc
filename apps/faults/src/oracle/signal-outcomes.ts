import type { ErrorCode } from '@white-rabbit/protocol';

/** Where the two peers of a call are: at one gateway, or at two. */
export type Place = 'same' | 'across';
type Outcome = 'ack' | ErrorCode;

/** Counts the outcomes of signals with `ref` by the place of the call, for a part of a run. */
export class SignalOutcomes {
  readonly #counts = { same: new Map<Outcome, number>(), across: new Map<Outcome, number>() };

  add(place: Place, outcome: Outcome): void {
    this.#counts[place].set(outcome, this.count(place, outcome) + 1);
  }

  /** Begins a new part of the run. */
  reset(): void {
    this.#counts.same.clear();
    this.#counts.across.clear();
  }

  count(place: Place, outcome: Outcome): number {
    return this.#counts[place].get(outcome) ?? 0;
  }

  /** The part of all outcomes of that place, from 0 to 1; 0 if there are none. */
  share(place: Place, outcome: Outcome): number {
    const all = [...this.#counts[place].values()].reduce((sum, count) => sum + count, 0);
    return all === 0 ? 0 : this.count(place, outcome) / all;
  }

  /** All counts, for the person that reads the report. */
  get text(): string {
    const places = Object.entries(this.#counts);
    return places
      .map(([place, counts]) => [place, ...[...counts].map((count) => count.join(' '))].join(', '))
      .join('; ');
  }
}
