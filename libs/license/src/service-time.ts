/** Estimate before the first task has ended: an activation, which is several statements, with a near database. Ms. */
const FIRST_GUESS_MS = 20;

/**
 * Weight of the newest task: the mean follows a change within about this many tasks. With fewer, the first tasks of a
 * process, which open connections and compile code, would look like a slow database.
 */
const TASKS_TO_FOLLOW = 64;

/**
 * A task counts for at most this many times the mean, because a wait for a row lock or a new connection says nothing about
 * other tasks. If the database becomes ten times as slow, the mean follows within 80 tasks.
 */
const LONGEST_COUNTED = 3;

/** Duration of a task: the exponentially weighted mean of recent tasks. */
export class ServiceTime {
  #meanMs = FIRST_GUESS_MS;

  get meanMs(): number {
    return this.#meanMs;
  }

  /**
   * Counts a task that has ended. A failed task can only raise the mean: a database that refuses connections does so at
   * once.
   */
  note(durationMs: number, isDone: boolean): void {
    const sampleMs = isDone ? durationMs : Math.max(durationMs, this.#meanMs);
    this.#meanMs += (Math.min(sampleMs, LONGEST_COUNTED * this.#meanMs) - this.#meanMs) / TASKS_TO_FOLLOW;
  }
}
