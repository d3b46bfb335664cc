/** The properties of a connection that an age limit needs. */
export interface Aging {
  /**
   * The time at which the connection must be closed, in steps of `AGE_STEP_MS`. A whole number: it costs an idle
   * connection only 8 bytes.
   */
  dueStep: number;
  /** One of its calls is being set up at this node, so the connection should not be closed now. */
  readonly isInCall: boolean;
}

/** The precision of an age. Ms. */
export const AGE_STEP_MS = 100;

/**
 * Ages differ by this much up and down, so that clients that connected at the same time do not return at the same
 * time.
 */
const AGE_SPREAD = 0.1;

/**
 * A connection whose call is being set up may stay this much longer and no more: a client that calls without a pause
 * must be closed too. Ms.
 */
export const CALL_GRACE_MS = 120_000;

/**
 * Closes each connection at about its maximum age, so that clients move step by step to gateways that were added. Has
 * no timers and no list of its own.
 */
export class AgeLimit<C extends Aging> {
  readonly #leastSteps: number;
  readonly #spreadSteps: number;

  /** `random` has the contract of `Math.random`. */
  constructor(
    maxAgeMs: number,
    private readonly random: () => number = Math.random,
  ) {
    this.#leastSteps = Math.round(((1 - AGE_SPREAD) * maxAgeMs) / AGE_STEP_MS);
    this.#spreadSteps = Math.round((2 * AGE_SPREAD * maxAgeMs) / AGE_STEP_MS);
  }

  /** Starts the age of a connection that has just opened. `nowMs` is monotonic, here and below. */
  begin(connection: C, nowMs: number): void {
    const lifeSteps = this.#leastSteps + Math.floor(this.random() * (this.#spreadSteps + 1));
    connection.dueStep = stepOf(nowMs) + lifeSteps;
  }

  /** The connections that must be closed now. `oldestFirst`: all open connections in the order in which they opened. */
  due(oldestFirst: Iterable<C>, nowMs: number): C[] {
    const now = stepOf(nowMs);
    const due: C[] = [];
    for (const connection of oldestFirst) {
      // Even if this connection has the longest lifetime, it is younger than the shortest lifetime; so is every
      // connection after it.
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
