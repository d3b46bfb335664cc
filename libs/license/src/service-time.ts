/** Before the first task has ended: a first register, which is several statements, at a database nearby. Milliseconds. */
const FIRST_GUESS_MS = 20;

/**
 * Weight of the newest task: the mean follows a change within about this many tasks. Fewer would take the first moments of
 * a process, which opens connections and compiles its code, for a slow database.
 */
const TASKS_TO_FOLLOW = 64;

/**
 * A task counts for this many times the mean at most: one that waited for a row lock, or for its connection to be opened,
 * says nothing of the others. A database that has become ten times as slow is known after 80 tasks.
 */
const LONGEST_COUNTED = 3;

/** How long a task keeps its place: the exponentially weighted mean over the last tasks. */
export class ServiceTime {
  #meanMs = FIRST_GUESS_MS;

  get meanMs(): number {
    return this.#meanMs;
  }

  /**
   * Counts a task that has ended. One that failed says only that a task can take that long, never that tasks are short: a
   * database that refuses connections does so at once.
   */
  note(durationMs: number, isDone: boolean): void {
    const sampleMs = isDone ? durationMs : Math.max(durationMs, this.#meanMs);
    this.#meanMs += (Math.min(sampleMs, LONGEST_COUNTED * this.#meanMs) - this.#meanMs) / TASKS_TO_FOLLOW;
  }
}
