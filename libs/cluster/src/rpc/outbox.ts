import type { Answer } from '@white-rabbit/signaling';
import { BUS_TEXT_BYTES } from '../bus.js';
import type { Clock } from '../clock.js';
import { encodeMessage, HEADER_CHARS, RUN_CHARS, RUN_LENGTH_MAX } from './publish-codec.js';

/**
 * Maximum of code units in one publish: a code unit takes at most 3 bytes of UTF-8. A longer message is sent alone.
 */
const PUBLISH_CHARS = Math.floor(BUS_TEXT_BYTES / 3) - HEADER_CHARS;

/** Messages and answers that wait to be sent to one node together, in order. */
export class Outbox {
  #text = '';
  #messages = 0;
  #first = 0;
  #last = 0;
  /** Answers behind the last message; written as one response when another message follows. */
  #runs: { readonly first: number; last: number; readonly answer: Answer }[] = [];

  /** Number of messages and of runs of answers. */
  get size(): number {
    return this.#messages + this.#runs.length;
  }

  /** Whether so many code units more still fit. An empty outbox accepts one message of any length. */
  fits(chars: number): boolean {
    return this.size === 0 || this.#text.length + (this.#runs.length + 1) * RUN_CHARS + chars <= PUBLISH_CHARS;
  }

  /** `request`: the id of the message, 0 if it is not a request. Ids grow by 1. */
  add(message: string, request: number): void {
    this.#closeRuns();
    this.#text += message;
    this.#messages += 1;
    if (request === 0) return;
    if (this.#last === 0) this.#first = request;
    this.#last = request;
  }

  addAnswer(request: number, answer: Answer): void {
    const run = this.#runs.at(-1);
    const isNext = run?.answer === answer && run.last === request - 1 && request - run.first < RUN_LENGTH_MAX;
    if (run !== undefined && isNext) run.last = request;
    else this.#runs.push({ first: request, last: request, answer });
  }

  /** Empties the outbox: its messages as text, and the requests `first` to `last` of them; none if `last` is 0. */
  take(): { readonly text: string; readonly first: number; readonly last: number } {
    this.#closeRuns();
    const content = { text: this.#text, first: this.#first, last: this.#last };
    this.#text = '';
    this.#messages = this.#first = this.#last = 0;
    return content;
  }

  #closeRuns(): void {
    if (this.#runs.length === 0) return;
    this.#text += encodeMessage({ kind: 'response', runs: this.#runs });
    this.#messages += 1;
    this.#runs = [];
  }
}

/** What is flushed together, when `arm` runs its argument. */
export class FlushQueue<Due> {
  readonly #due = new Set<Due>();

  constructor(
    private readonly arm: (run: () => void) => void,
    private readonly flush: (due: Due) => void,
  ) {}

  add(due: Due): void {
    const isFirst = this.#due.size === 0;
    this.#due.add(due);
    if (isFirst) this.arm(this.#run);
  }

  readonly #run = (): void => {
    const due = [...this.#due];
    // Before the flush, which may add something for the next one.
    this.#due.clear();
    for (const one of due) this.flush(one);
  };
}

/**
 * For `FlushQueue`: at the end of the turn of the event loop after a rest, and otherwise `spacingMs` later. So a message
 * after a rest is not delayed, and batches grow with the rate.
 */
export function paced(clock: Clock, spacingMs: number): (run: () => void) => void {
  let lastMs = -Infinity;
  return (run) => {
    const runNow = (): void => {
      lastMs = clock.now();
      run();
    };
    // A constant delay: Node keeps a list of timers for each delay.
    if (clock.now() - lastMs < spacingMs) clock.after(spacingMs, runNow);
    else setImmediate(runNow);
  };
}
