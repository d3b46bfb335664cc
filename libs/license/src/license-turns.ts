import { type Clock, PROCESS_CLOCK } from './clock.js';

/** Returns a turn or a place. Call it exactly once. */
export type GiveBack = () => void;

/** Limits of `LicenseTurns`. */
export interface LicenseTurnsOptions {
  /** Activations that may wait for one license. Further ones are refused at once. */
  readonly maxWaitingEach: number;
  /** Activations that may wait in total. */
  readonly maxWaiting: number;
  readonly clock?: Clock;
}

/** Waiting activations of a license that check again at the same time: most of them need no turn any more. */
const LOOK_AGAIN = 4;

interface Line {
  isTurnTaken: boolean;
  /** Activations that check again now. */
  places: number;
  /** In order of arrival. */
  readonly waiting: (() => void)[];
}

/**
 * One activation of a license at a time in this process. Activations of one license wait for its row lock in any case:
 * here they wait without a database connection, so that other licenses have the connections.
 */
export class LicenseTurns {
  /** By key hash. An entry is there while a turn or a place is taken. */
  readonly #lines = new Map<string, Line>();
  readonly #maxWaitingEach: number;
  readonly #maxWaiting: number;
  readonly #clock: Clock;
  #waiting = 0;

  constructor({ maxWaitingEach, maxWaiting, clock = PROCESS_CLOCK }: LicenseTurnsOptions) {
    this.#maxWaitingEach = maxWaitingEach;
    this.#maxWaiting = maxWaiting;
    this.#clock = clock;
  }

  /** Takes the turn, or returns `undefined` while another activation of this license has it. */
  take(license: string): GiveBack | undefined {
    const line = this.#line(license);
    if (line.isTurnTaken) return undefined;
    line.isTurnTaken = true;
    return () => {
      line.isTurnTaken = false;
      this.#callNext(license, line);
    };
  }

  /**
   * Waits for a place among the activations that check again after the turn was returned. `undefined` if none was free within
   * `deadlineMs`, or if too many wait.
   */
  async wait(license: string, deadlineMs: number): Promise<GiveBack | undefined> {
    const line = this.#line(license);
    if (line.waiting.length >= this.#maxWaitingEach || this.#waiting >= this.#maxWaiting) return undefined;
    return new Promise((settle) => {
      const cancel = this.#clock.after(deadlineMs, () => {
        line.waiting.splice(line.waiting.indexOf(onPlace), 1);
        this.#waiting -= 1;
        settle(undefined);
      });
      const onPlace = () => {
        cancel();
        this.#waiting -= 1;
        settle(() => {
          line.places -= 1;
          this.#callNext(license, line);
        });
      };
      this.#waiting += 1;
      line.waiting.push(onPlace);
      this.#callNext(license, line);
    });
  }

  #line(license: string): Line {
    const line = this.#lines.get(license) ?? { isTurnTaken: false, places: 0, waiting: [] };
    this.#lines.set(license, line);
    return line;
  }

  #callNext(license: string, line: Line): void {
    while (!line.isTurnTaken && line.places < LOOK_AGAIN && line.waiting.length > 0) {
      line.places += 1;
      line.waiting.shift()?.();
    }
    if (!line.isTurnTaken && line.places === 0) this.#lines.delete(license);
  }
}
