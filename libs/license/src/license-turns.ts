import { type Clock, PROCESS_CLOCK } from './clock.js';

/** Gives the turn back, to the next that waits for it. Call it exactly once. */
export type GiveBack = () => void;

/** Bounds of the waiting. */
export interface LicenseTurnsOptions {
  /** That may wait for one license; the next is told at once that there is no turn. */
  readonly maxWaitingEach: number;
  /** That may wait in all. */
  readonly maxWaiting: number;
  readonly clock?: Clock;
}

/**
 * One activation of a license at a time in this process. Activations of one license wait for its row lock in any case:
 * here they wait without a database connection, so that other licenses have the connections.
 */
export class LicenseTurns {
  /** By key hash. An entry is there while a turn is taken; in it those that wait, the first one first. */
  readonly #queues = new Map<string, ((giveBack: GiveBack) => void)[]>();
  readonly #maxWaitingEach: number;
  readonly #maxWaiting: number;
  readonly #clock: Clock;
  #waiting = 0;

  constructor({ maxWaitingEach, maxWaiting, clock = PROCESS_CLOCK }: LicenseTurnsOptions) {
    this.#maxWaitingEach = maxWaitingEach;
    this.#maxWaiting = maxWaiting;
    this.#clock = clock;
  }

  /** The turn, or `undefined` while another activation of this license has it. */
  take(license: string): GiveBack | undefined {
    if (this.#queues.has(license)) return undefined;
    this.#queues.set(license, []);
    return () => this.#next(license);
  }

  /** The turn once it is free, or `undefined`: it was not free in time, or too many wait already. */
  async wait(license: string, deadlineMs: number): Promise<GiveBack | undefined> {
    const queue = this.#queues.get(license);
    if (queue === undefined) return this.take(license);
    if (queue.length >= this.#maxWaitingEach || this.#waiting >= this.#maxWaiting) return undefined;
    return new Promise((settle) => {
      const end = (giveBack: GiveBack | undefined) => {
        this.#waiting -= 1;
        settle(giveBack);
      };
      const cancel = this.#clock.after(deadlineMs, () => {
        queue.splice(queue.indexOf(onTurn), 1);
        end(undefined);
      });
      const onTurn = (giveBack: GiveBack) => {
        cancel();
        end(giveBack);
      };
      this.#waiting += 1;
      queue.push(onTurn);
    });
  }

  #next(license: string): void {
    const onTurn = this.#queues.get(license)?.shift();
    if (onTurn === undefined) this.#queues.delete(license);
    else onTurn(() => this.#next(license));
  }
}
