import PQueue from 'p-queue';

/** What became of a task: done, failed, not in time, or not even taken. */
export type TaskResult<T> =
  | { readonly outcome: 'done'; readonly value: T }
  | { readonly outcome: 'failed'; readonly error: unknown }
  | { readonly outcome: 'deadline' }
  | { readonly outcome: 'queue_full' };

/** Bounds of a queue. */
export interface DeadlineQueueOptions {
  /** Tasks that run at once. */
  readonly concurrency: number;
  /** Tasks that may wait; the next one is `queue_full`. */
  readonly maxWaiting: number;
  /** From `run` to its result, waiting included. */
  readonly deadlineMs: number;
}

/** Thrown by `proceed` into a task whose result nobody waits for any more. */
class PastDeadline extends Error {
  override readonly name = 'PastDeadline';
}

/**
 * Runs tasks a few at a time, and answers for each within the deadline whatever it does. A task keeps its place until it
 * really ends, so that no more than `concurrency` are ever under way behind a back end that hangs; one whose deadline
 * passed while it waited is not begun.
 */
export class DeadlineQueue {
  readonly #queue: PQueue;
  readonly #maxWaiting: number;
  readonly #deadlineMs: number;

  constructor({ concurrency, maxWaiting, deadlineMs }: DeadlineQueueOptions) {
    this.#queue = new PQueue({ concurrency });
    this.#maxWaiting = maxWaiting;
    this.#deadlineMs = deadlineMs;
  }

  /** Tasks that wait for their turn. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** `task` may call `proceed` before each further step: past the deadline it throws. */
  async run<T>(task: (proceed: () => void) => Promise<T>): Promise<TaskResult<T>> {
    if (this.#queue.size >= this.#maxWaiting) return { outcome: 'queue_full' };
    return new Promise((settle) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        settle({ outcome: 'deadline' });
      }, this.#deadlineMs);
      const proceed = () => {
        if (late) throw new PastDeadline();
      };
      void this.#queue
        .add(async () => {
          proceed();
          return task(proceed);
        })
        .then<TaskResult<T>, TaskResult<T>>(
          (value) => ({ outcome: 'done', value }),
          (error: unknown) => ({ outcome: 'failed', error }),
        )
        .then((result) => {
          clearTimeout(timer);
          settle(result);
        });
    });
  }
}
