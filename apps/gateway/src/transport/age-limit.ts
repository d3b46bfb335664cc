/** What an age limit has to know of a connection. */
export interface Aging {
  /** When it is to go, in steps of `AGE_STEP_MS`. A whole number: an idle connection pays 8 bytes for it. */
  dueStep: number;
  /** A call of it is being set up here: it had better not be cut now. */
  readonly isInCall: boolean;
}

/** The precision of an age. Ms. */
export const AGE_STEP_MS = 100;

/** Ages differ by this much up and down, so that those who came together do not come back together. */
export const AGE_SPREAD = 0.1;

/** A connection whose call is being set up is let stay this much longer, and no more: whoever calls on and on must go as well. Ms. */
export const CALL_GRACE_MS = 120_000;

/**
 * Lets each connection grow about as old as it may, and no older: after gateways were added, clients come to them bit by
 * bit. Has no timers and no list of its own.
 */
export class AgeLimit<C extends Aging> {
  readonly #leastSteps: number;
  readonly #spreadSteps: number;

  /** `random` is as `Math.random`. */
  constructor(
    maxAgeMs: number,
    private readonly random: () => number = Math.random,
  ) {
    this.#leastSteps = Math.round(((1 - AGE_SPREAD) * maxAgeMs) / AGE_STEP_MS);
    this.#spreadSteps = Math.round((2 * AGE_SPREAD * maxAgeMs) / AGE_STEP_MS);
  }

  /** The connection has just opened. `nowMs` is monotonic, here and below. */
  begin(connection: C, nowMs: number): void {
    const lifeSteps = this.#leastSteps + Math.floor(this.random() * (this.#spreadSteps + 1));
    connection.dueStep = stepOf(nowMs) + lifeSteps;
  }

  /** Those who have to go now. `oldestFirst`: all open connections in the order in which they opened. */
  due(oldestFirst: Iterable<C>, nowMs: number): C[] {
    const now = stepOf(nowMs);
    const due: C[] = [];
    for (const connection of oldestFirst) {
      // Even with the longest life it opened less than the shortest life ago, and so did all behind it.
      if (connection.dueStep > now + this.#spreadSteps) break;
      if (connection.dueStep <= now && !isSpared(connection, now)) due.push(connection);
    }
    return due;
  }
}

function isSpared({ isInCall, dueStep }: Aging, now: number): boolean {
  return isInCall && now < dueStep + CALL_GRACE_MS / AGE_STEP_MS;
}

function stepOf(ms: number): number {
  return Math.floor(ms / AGE_STEP_MS);
}
