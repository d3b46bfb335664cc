import type { ErrorCode } from '@white-rabbit/protocol';
import type { Deadlines } from './deadlines.js';
import { nameOf, newDirection, type Direction, type Way } from './signal-direction.js';
import type { Disturbances } from './disturbances.js';
import type { Violations } from './violations.js';

/** Errors of a signal that may have arrived all the same. */
const MAY_HAVE_ARRIVED: ReadonlySet<ErrorCode> = new Set(['undeliverable', 'internal']);
/** The numbering of a direction starts again this long after its last frame, if nothing is open. Milliseconds. */
const FORGET_MS = 30_000;

/** Figures of a run. */
export interface SignalFigures {
  readonly sent: number;
  readonly arrived: number;
  /** Sent with `ref`, and of these answered. */
  readonly asked: number;
  readonly answered: number;
  readonly acked: number;
  /** Acknowledged and arrived. */
  readonly proven: number;
  /** Answered with an error other than that the call does not exist: it may just have ended. */
  readonly refused: number;
  /** Sent or acknowledged when the receiving connection was about to end: nothing can be proved. */
  readonly unproven: number;
  /** Sent without `ref` by a connection that ended before an error could come. */
  readonly abandoned: number;
}

/** Judges signals by their numbers: each arrives once and in order, or its sender gets an error; an ack is a delivery. */
export class SignalJudge {
  readonly #directions = new Map<string, Direction>();
  /** Peers without a connection, and since when: a first signal to one of them cannot be seen either. */
  readonly #gone = new Map<string, number>();
  readonly #counts = {
    sent: 0,
    arrived: 0,
    asked: 0,
    answered: 0,
    acked: 0,
    proven: 0,
    refused: 0,
    unproven: 0,
    abandoned: 0,
  };

  constructor(
    private readonly deadlines: Deadlines,
    private readonly violations: Violations,
    private readonly disturbances: Disturbances,
  ) {}

  get figures(): SignalFigures {
    return this.#counts;
  }

  /** The sender is about to send its next signal. Returns its number. */
  sent(way: Way, hasRef: boolean, nowMs: number): number {
    const direction = this.#direction(way, nowMs);
    const n = direction.next++;
    this.#counts.sent += 1;
    if (hasRef) this.#counts.asked += 1;
    else direction.unasked.set(n, nowMs);
    return n;
  }

  /** The outcome of a signal with `ref`. */
  answered(way: Way, n: number, outcome: 'ack' | ErrorCode, nowMs: number): void {
    const direction = this.#direction(way, nowMs);
    this.#counts.answered += 1;
    if (outcome === 'ack') {
      this.#counts.acked += 1;
      if (direction.arrived.has(n)) this.#counts.proven += 1;
      else if (direction.receiverGoneAtMs === undefined) direction.acked.set(n, nowMs);
      else this.#ackAfterEnd(direction, n, nowMs);
      return;
    }
    if (outcome !== 'call_not_found') this.#counts.refused += 1;
    if (MAY_HAVE_ARRIVED.has(outcome)) return;
    if (direction.arrived.has(n)) this.#refusedButDelivered(direction, n);
    direction.refused.add(n);
  }

  /** An error of a signal without `ref`: it does not say which. */
  errorWithoutRef(way: Way, code: ErrorCode, nowMs: number): void {
    if (code !== 'call_not_found') this.#counts.refused += 1;
    this.#direction(way, nowMs).errors.push(nowMs);
  }

  /** A signal of `from` arrived. */
  arrived(way: Way, n: number, nowMs: number): void {
    const direction = this.#direction(way, nowMs);
    const what = `${nameOf(direction)} number ${n}`;
    if (!(n >= 0 && n < direction.next)) {
      this.violations.add('invented', what);
    } else if (direction.arrived.has(n)) {
      this.violations.add('doubled', what);
    } else {
      if (n < direction.highest) this.violations.add('reordered', `${what} after ${direction.highest}`);
      if (direction.refused.has(n)) this.#refusedButDelivered(direction, n);
      direction.arrived.add(n);
      direction.highest = Math.max(direction.highest, n);
      if (direction.acked.delete(n)) this.#counts.proven += 1;
      direction.unasked.delete(n);
      this.#counts.arrived += 1;
    }
  }

  /** The peer has a new session. */
  registered(peer: string): void {
    this.#gone.delete(peer);
  }

  /** The peer has no connection any more: it gets no outcomes, and what is sent to it cannot be seen. */
  gone(peer: string, nowMs: number): void {
    this.#gone.set(peer, nowMs);
    for (const direction of this.#directions.values()) {
      if (direction.from === peer) {
        this.#counts.abandoned += direction.unasked.size;
        direction.unasked.clear();
      } else if (direction.to === peer) {
        direction.receiverGoneAtMs ??= nowMs;
        this.#counts.unproven += direction.acked.size + direction.unasked.size;
        direction.acked.clear();
        direction.unasked.clear();
      }
    }
  }

  /** Counts what is overdue. */
  judge(nowMs: number): void {
    for (const [key, direction] of this.#directions) {
      this.#judgeAcks(direction, nowMs);
      this.#judgeUnasked(direction, nowMs);
      const hasOpen = direction.acked.size > 0 || direction.unasked.size > 0;
      if (!hasOpen && nowMs - direction.lastMs > FORGET_MS) this.#directions.delete(key);
    }
  }

  #judgeAcks(direction: Direction, nowMs: number): void {
    for (const [n, ackedAtMs] of direction.acked) {
      if (nowMs - ackedAtMs <= this.deadlines.arrivalMs) continue;
      direction.acked.delete(n);
      this.violations.add('false_ack', `${nameOf(direction)} number ${n}`);
    }
  }

  #judgeUnasked(direction: Direction, nowMs: number): void {
    for (const [n, sentAtMs] of direction.unasked) {
      if (!this.#isDue(sentAtMs, nowMs)) continue;
      direction.unasked.delete(n);
      if (direction.errors.shift() !== undefined) continue;
      if (this.#isUnprovable(direction, sentAtMs)) this.#counts.unproven += 1;
      else this.violations.add('lost', `${nameOf(direction)} number ${n}`);
    }
    // The other errors are of signals that arrived all the same: they explain no later loss.
    direction.errors = direction.errors.filter((atMs) => !this.#isDue(atMs, nowMs));
  }

  /** Whether a signal of that time has arrived or has its error. */
  #isDue(sinceMs: number, nowMs: number): boolean {
    // A gateway that did not run handles what waits for it when it runs again.
    const fromMs = Math.max(sinceMs, this.disturbances.allResumedAtMs);
    return nowMs - fromMs > this.deadlines.outcomeMs + this.deadlines.arrivalMs;
  }

  #ackAfterEnd(direction: Direction, n: number, nowMs: number): void {
    if (this.#isUnprovable(direction, nowMs)) this.#counts.unproven += 1;
    else this.violations.add('false_ack', `${nameOf(direction)} number ${n}, without a receiver`);
  }

  /**
   * Whether the gateway of a receiver without a connection may not have noticed its end at that time: the end was on its
   * way, or the gateway did not run. It then hands the signal to a socket that no client reads.
   */
  #isUnprovable({ receiverGoneAtMs }: Direction, atMs: number): boolean {
    if (receiverGoneAtMs === undefined) return false;
    const { allResumedAtMs, outageEndedAtMs } = this.disturbances;
    const { noticedMs, outcomeMs } = this.deadlines;
    // Through a back end that is out, an ack may take as long as any answer.
    const limitMs = atMs - outageEndedAtMs <= outcomeMs ? outcomeMs : noticedMs;
    return atMs - Math.max(receiverGoneAtMs, allResumedAtMs) <= limitMs;
  }

  #refusedButDelivered(direction: Direction, n: number): void {
    this.violations.add('refused_but_delivered', `${nameOf(direction)} number ${n}`);
  }

  #direction(way: Way, nowMs: number): Direction {
    const key = `${way.call} ${way.from}`;
    let direction = this.#directions.get(key);
    if (direction === undefined) {
      direction = newDirection(way, this.#gone.get(way.to), nowMs);
      this.#directions.set(key, direction);
    }
    direction.lastMs = nowMs;
    return direction;
  }
}
