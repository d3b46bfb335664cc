import PQueue from 'p-queue';
import { type Clock, PROCESS_CLOCK } from './clock.js';
import { ServiceTime } from './service-time.js';

/** Why a task was not begun: too many wait, or it would end after its deadline. */
export type QueueRefusal = 'queue_full' | 'would_be_late';

/** What became of a task: done, failed, not in time, or not begun. */
export type TaskResult<T> =
  | { readonly outcome: 'done'; readonly value: T }
  | { readonly outcome: 'failed'; readonly error: unknown }
  | { readonly outcome: 'deadline' }
  /** `retryAfterMs`: when the queue is expected to have room for it. */
  | { readonly outcome: QueueRefusal; readonly retryAfterMs: number };

/** Bounds of a queue. */
export interface DeadlineQueueOptions {
  /** Tasks that run at once. */
  readonly concurrency: number;
  /** Tasks that may wait; the next one is `queue_full`. */
  readonly maxWaiting: number;
  /** From `run` to its result, waiting included. */
  readonly deadlineMs: number;
  readonly clock?: Clock;
  /** From 0 to 1: spreads the times at which refused tasks may be tried again. */
  readonly random?: () => number;
}

/** Part of the deadline within which a task is expected to end, or it is refused: tasks vary, and the estimate lags. */
const SAFE_PART = 0.8;

/** Thrown by `proceed` into a task whose result is not awaited any more. */
class PastDeadline extends Error {
  override readonly name = 'PastDeadline';
}

/** Thrown in place of a task that had too little time left when its turn came. */
class TooLateToBegin extends Error {
  override readonly name = 'TooLateToBegin';
}

/**
 * Runs tasks a few at a time, and answers for each within the deadline whatever it does. A task keeps its place until it
 * really ends, so that no more than `concurrency` are ever under way behind a back end that hangs.
 *
 * A task that would end late, by the number that wait and by how long the last ones took, is refused on arrival: in
 * overload all work is done for callers that still wait, and the queue goes on at the full rate of the back end. If a place
 * is free, then a task is always begun, so that a back end that has recovered is noticed.
 */
export class DeadlineQueue {
  readonly #queue: PQueue;
  readonly #concurrency: number;
  readonly #maxWaiting: number;
  readonly #deadlineMs: number;
  readonly #clock: Clock;
  readonly #serviceTime = new ServiceTime();
  readonly #returns: ReturnTimes;

  constructor({ concurrency, maxWaiting, deadlineMs, clock = PROCESS_CLOCK, random }: DeadlineQueueOptions) {
    this.#queue = new PQueue({ concurrency });
    this.#concurrency = concurrency;
    this.#maxWaiting = maxWaiting;
    this.#deadlineMs = deadlineMs;
    this.#clock = clock;
    this.#returns = new ReturnTimes(random);
  }

  /** Tasks that wait for their turn. */
  get waiting(): number {
    return this.#queue.size;
  }

  /**
   * `task` may call `proceed` before each further step: past the deadline it throws.
   *
   * @param deadlineMs for a caller that has used up part of its time already.
   */
  async run<T>(task: (proceed: () => void) => Promise<T>, deadlineMs = this.#deadlineMs): Promise<TaskResult<T>> {
    const refusal = this.#refusal(deadlineMs);
    if (refusal !== undefined) return this.#refused(refusal);
    const arrivedMs = this.#clock.now();
    const hasToWait = this.#isBusy;
    return new Promise((settle) => {
      let isLate = false;
      const cancel = this.#clock.after(deadlineMs, () => {
        isLate = true;
        settle({ outcome: 'deadline' });
      });
      const proceed = () => {
        if (isLate) throw new PastDeadline();
      };
      void this.#queue
        .add(async () => {
          proceed();
          const endMs = this.#clock.now() - arrivedMs + this.#serviceTime.meanMs;
          if (hasToWait && endMs > deadlineMs) throw new TooLateToBegin();
          return this.#timed(() => task(proceed));
        })
        .then<TaskResult<T>, TaskResult<T>>(
          (value) => ({ outcome: 'done', value }),
          (error: unknown) =>
            error instanceof TooLateToBegin ? this.#refused('would_be_late') : { outcome: 'failed', error },
        )
        .then((result) => {
          cancel();
          settle(result);
        });
    });
  }

  #refusal(deadlineMs: number): QueueRefusal | undefined {
    if (this.#queue.size >= this.#maxWaiting) return 'queue_full';
    if (!this.#isBusy) return undefined;
    const endMs = (this.#queue.size + 1) * this.#paceMs + this.#serviceTime.meanMs;
    return endMs > SAFE_PART * deadlineMs ? 'would_be_late' : undefined;
  }

  get #isBusy(): boolean {
    return this.#queue.pending >= this.#concurrency;
  }

  #refused(outcome: QueueRefusal): { readonly outcome: QueueRefusal; readonly retryAfterMs: number } {
    const queueMs = (this.#queue.size + this.#queue.pending) * this.#paceMs;
    return { outcome, retryAfterMs: this.#returns.next(this.#clock.now(), queueMs, this.#paceMs) };
  }

  /** Between the ends of two tasks, while all places are taken. */
  get #paceMs(): number {
    return this.#serviceTime.meanMs / this.#concurrency;
  }

  async #timed<T>(task: () => Promise<T>): Promise<T> {
    const begunMs = this.#clock.now();
    let isDone = false;
    try {
      const value = await task();
      isDone = true;
      return value;
    } finally {
      this.#serviceTime.note(this.#clock.now() - begunMs, isDone);
    }
  }
}

/** No client is told to stay away for longer, before jitter. Those beyond it come back too early, and are told again. Milliseconds. */
const LONGEST_MS = 20_000;

/** The time told is this far off either way, so that clients that were refused together do not come back together. */
const JITTER = 0.25;

/**
 * When refused clients are to come back: one behind the other, behind the queue and at the pace at which it is worked off.
 * If all were told the length of the queue alone, then all would come back when it is empty, and most in vain.
 */
class ReturnTimes {
  /** When the last of those that were told is expected. By the queue's clock, in milliseconds. */
  #lastMs = -Infinity;

  constructor(private readonly random: () => number = Math.random) {}

  /**
   * The next one's, in milliseconds from `nowMs` on; 1 or more.
   *
   * @param queueMs time in which the queue is worked off.
   * @param paceMs time in which the queue works off one task, on average.
   */
  next(nowMs: number, queueMs: number, paceMs: number): number {
    this.#lastMs = Math.min(Math.max(this.#lastMs, nowMs + queueMs) + paceMs, nowMs + LONGEST_MS);
    const factor = 1 + JITTER * (2 * this.random() - 1);
    return Math.max(1, Math.round((this.#lastMs - nowMs) * factor));
  }
}
