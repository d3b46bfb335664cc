import { type Clock, PROCESS_CLOCK } from './clock.js';
import { ConcurrencyLimit, type ConcurrencyRange } from './concurrency-limit.js';
import { ServiceTime } from './service-time.js';

/** Why a task was refused: the queue is full, or the task would end after its deadline. */
export type QueueRefusal = 'queue_full' | 'would_be_late';

/** The result of a task. */
export type TaskResult<T> =
  | { readonly outcome: 'done'; readonly value: T }
  | { readonly outcome: 'failed'; readonly error: unknown }
  | { readonly outcome: 'deadline' }
  | Refused;

/** A refused task. `retryAfterMs`: time until the queue is expected to have capacity for the task. */
export interface Refused {
  readonly outcome: QueueRefusal;
  readonly retryAfterMs: number;
}

/** Bounds of a queue. */
export interface DeadlineQueueOptions {
  /** Tasks that run at once: as many as the back end takes without becoming slow. */
  readonly concurrency: ConcurrencyRange & { readonly initial?: number };
  /** Tasks that may wait. Further tasks are refused with `queue_full`. */
  readonly maxWaiting: number;
  /** Time from `run` to its result, including the wait. */
  readonly deadlineMs: number;
  readonly clock?: Clock;
  /** Random numbers from 0 to 1 that spread the retry times. */
  readonly random?: () => number;
}

/** A task is refused if it is expected to end after this part of its deadline, because estimates vary. */
const SAFE_PART = 0.8;

/** Thrown by `proceed` if the caller no longer waits for the task. */
class PastDeadline extends Error {
  override readonly name = 'PastDeadline';
}

/** A task that waits for its turn. */
interface WaitingTask {
  /** Whether the caller has its result already. */
  readonly isSettled: () => boolean;
  /** Starts the task, or refuses it. */
  readonly begin: () => void;
}

/**
 * Runs a limited number of tasks at a time and returns a result for each within its deadline. The limit follows the latency
 * of the back end. A task keeps its place until it ends, so that a back end that hangs never has more tasks than that.
 *
 * A task is refused on arrival if it would end late, estimated from the queue length and the duration of recent tasks. So
 * in overload all work is done for callers that still wait, at the full rate of the back end. If a place is free, a task is
 * always started, so that a recovered back end is detected.
 */
export class DeadlineQueue {
  readonly #limit: ConcurrencyLimit;
  readonly #maxWaiting: number;
  readonly #deadlineMs: number;
  readonly #clock: Clock;
  readonly #serviceTime = new ServiceTime();
  readonly #returns: ReturnTimes;
  /** In order of arrival. */
  readonly #waiting: WaitingTask[] = [];
  #running = 0;

  constructor({ concurrency, maxWaiting, deadlineMs, clock = PROCESS_CLOCK, random }: DeadlineQueueOptions) {
    this.#limit = new ConcurrencyLimit(concurrency, concurrency.initial);
    this.#maxWaiting = maxWaiting;
    this.#deadlineMs = deadlineMs;
    this.#clock = clock;
    this.#returns = new ReturnTimes(random);
  }

  /** Tasks that wait for their turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Tasks that may run at once now. */
  get limit(): number {
    return this.#limit.current;
  }

  /** The result that `run` would return at once; `undefined` if it would accept a task. */
  refusal(): Refused | undefined {
    const outcome = this.#refusal(this.#deadlineMs);
    return outcome === undefined ? undefined : this.#refused(outcome);
  }

  /**
   * `task` can call `proceed` before each further step. It throws after the deadline.
   *
   * @param deadlineMs shorter deadline of a caller that has used a part of its time.
   */
  async run<T>(task: (proceed: () => void) => Promise<T>, deadlineMs = this.#deadlineMs): Promise<TaskResult<T>> {
    const refusal = this.#refusal(deadlineMs);
    if (refusal !== undefined) return this.#refused(refusal);
    const arrivedMs = this.#clock.now();
    return new Promise((settle) => {
      let isLate = false;
      const cancel = this.#clock.after(deadlineMs, () => {
        isLate = true;
        settle({ outcome: 'deadline' });
      });
      const finish = (result: TaskResult<T>) => {
        cancel();
        settle(result);
      };
      const proceed = () => {
        if (isLate) throw new PastDeadline();
      };
      if (!this.#isBusy) {
        void this.#execute(task, proceed).then(finish);
        return;
      }
      const begin = () => {
        const endMs = this.#clock.now() - arrivedMs + this.#serviceTime.meanMs;
        if (endMs > deadlineMs) finish(this.#refused('would_be_late'));
        else void this.#execute(task, proceed).then(finish);
      };
      this.#waiting.push({ isSettled: () => isLate, begin });
    });
  }

  #refusal(deadlineMs: number): QueueRefusal | undefined {
    if (this.#waiting.length >= this.#maxWaiting) return 'queue_full';
    if (!this.#isBusy) return undefined;
    const endMs = (this.#waiting.length + 1) * this.#paceMs + this.#serviceTime.meanMs;
    return endMs > SAFE_PART * deadlineMs ? 'would_be_late' : undefined;
  }

  get #isBusy(): boolean {
    return this.#running >= this.#limit.current;
  }

  #refused(outcome: QueueRefusal): Refused {
    const queueMs = (this.#waiting.length + this.#running) * this.#paceMs;
    return { outcome, retryAfterMs: this.#returns.next(this.#clock.now(), queueMs, this.#paceMs) };
  }

  /** Mean time between the ends of two tasks while all places are taken, in ms. */
  get #paceMs(): number {
    return this.#serviceTime.meanMs / this.#limit.current;
  }

  async #execute<T>(task: (proceed: () => void) => Promise<T>, proceed: () => void): Promise<TaskResult<T>> {
    const begunMs = this.#clock.now();
    this.#running += 1;
    let result: TaskResult<T>;
    try {
      result = { outcome: 'done', value: await task(proceed) };
    } catch (error) {
      result = { outcome: 'failed', error };
    }
    this.#noteEnd(begunMs, result.outcome === 'done');
    return result;
  }

  #noteEnd(begunMs: number, isDone: boolean): void {
    const nowMs = this.#clock.now();
    const wasFull = this.#isBusy;
    this.#running -= 1;
    this.#serviceTime.note(nowMs - begunMs, isDone);
    this.#limit.note(this.#serviceTime.meanMs, wasFull, nowMs);
    while (!this.#isBusy) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (!next.isSettled()) next.begin();
    }
  }
}

/** Longest retry time before jitter, in ms. A client with a longer wait returns too early and is refused again. */
const LONGEST_MS = 20_000;

/** Jitter of retry times in both directions, so that clients that were refused together do not return together. */
const JITTER = 0.25;

/**
 * Retry times of refused clients: one after the other behind the queue, at the rate of the back end. With the length of the
 * queue alone, all clients would return at the same time and most would be refused again.
 */
class ReturnTimes {
  /** The latest retry time that was given, by the clock of the queue, in ms. */
  #lastMs = -Infinity;

  constructor(private readonly random: () => number = Math.random) {}

  /**
   * The next retry time in ms from `nowMs` on, 1 or more.
   *
   * @param queueMs time until the queue is empty.
   * @param paceMs mean time between the ends of two tasks.
   */
  next(nowMs: number, queueMs: number, paceMs: number): number {
    this.#lastMs = Math.min(Math.max(this.#lastMs, nowMs + queueMs) + paceMs, nowMs + LONGEST_MS);
    const factor = 1 + JITTER * (2 * this.random() - 1);
    return Math.max(1, Math.round((this.#lastMs - nowMs) * factor));
  }
}
