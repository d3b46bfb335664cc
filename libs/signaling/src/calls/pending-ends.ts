import type { NodeId } from '../sessions/route.js';
import type { CallMessage } from './call-message.js';
import { isUncertain, type Answer } from './outcome.js';
import { settle } from '../settle.js';

/** What tells another node that a call is over. */
export type End = Extract<CallMessage, { kind: 'end' }>;

/** Ends kept at once, for all nodes. One more is sent once and not kept. */
export const PENDING_ENDS_MAX = 100_000;

/** Ends on their way to one node at once while it answers; while it does not, enough to learn that it does again. */
const WINDOW = 500;
const PROBES = 20;

/** A node that has not answered for so long is gone for good, or has no client any more that waits for it. Ms. */
const FORGET_MS = 600_000;

/** The ends that one node has not answered yet. */
interface Debt {
  /** Those that are not on their way. */
  readonly waiting: Set<End>;
  onTheirWay: number;
  /** Whether the last one that was sent was answered. */
  isAnswering: boolean;
  /** Its lease ran out: nothing is sent until it is back. */
  isLost: boolean;
  /** When it answered last, or could not be asked for want of the bus. Monotonic ms. */
  answeredAtMs: number;
}

/** What pending ends need. */
export interface PendingEndsOptions {
  request(to: NodeId, end: End): Answer | Promise<Answer>;
  /** Monotonic ms. */
  now(): number;
  /** `1`: there are pending ends for that node from now on, and has to be watched; `-1`: no longer. */
  onDebt(node: NodeId, change: 1 | -1): void;
}

/**
 * Ends of calls that other nodes have not confirmed. Each is sent until that node has answered it, whatever was lost on
 * the way: otherwise the other side's leg would stay for as long as its client does nothing. Sending one twice is
 * harmless, for the second finds no call. A node that was lost is told once it is back: it was stopped, and does not
 * know what became of its calls.
 */
export class PendingEnds {
  readonly #options: PendingEndsOptions;
  readonly #debts = new Map<NodeId, Debt>();
  #size = 0;

  constructor(options: PendingEndsOptions) {
    this.#options = options;
  }

  /** Ends that are not answered yet. */
  get size(): number {
    return this.#size;
  }

  /** Sends it at once, behind what was sent before; keeps it unless it is answered. Brings the first answer. */
  send(to: NodeId, end: End): Answer | Promise<Answer> {
    const debt = this.#take(to);
    return debt === undefined ? this.#options.request(to, end) : this.#attempt(to, debt, end);
  }

  /** Keeps it, to be sent later. */
  add(to: NodeId, end: End): void {
    this.#take(to)?.waiting.add(end);
  }

  /** That node is lost. */
  lost(node: NodeId): void {
    const debt = this.#debts.get(node);
    if (debt !== undefined) debt.isLost = true;
  }

  /** That node, which was lost, lives. */
  back(node: NodeId): void {
    const debt = this.#debts.get(node);
    if (debt === undefined) return;
    debt.isLost = false;
    this.#sendWaiting(node, debt);
  }

  /** Sends again what was not answered. Call it about twice a second. */
  tick(): void {
    const nowMs = this.#options.now();
    for (const [node, debt] of this.#debts) {
      if (nowMs - debt.answeredAtMs > FORGET_MS) this.#forget(debt);
      else if (!debt.isLost) this.#sendWaiting(node, debt);
      this.#close(node, debt);
    }
  }

  /** The debt with one end more; `undefined` where there is no room. */
  #take(node: NodeId): Debt | undefined {
    if (this.#size >= PENDING_ENDS_MAX) return undefined;
    this.#size += 1;
    let debt = this.#debts.get(node);
    if (debt === undefined) {
      const answeredAtMs = this.#options.now();
      debt = { waiting: new Set(), onTheirWay: 0, isAnswering: true, isLost: false, answeredAtMs };
      this.#debts.set(node, debt);
      this.#options.onDebt(node, 1);
    }
    return debt;
  }

  #sendWaiting(node: NodeId, debt: Debt): void {
    for (const end of debt.waiting) {
      if (debt.onTheirWay >= (debt.isAnswering ? WINDOW : PROBES)) return;
      debt.waiting.delete(end);
      void this.#attempt(node, debt, end);
    }
  }

  #attempt(node: NodeId, debt: Debt, end: End): Answer | Promise<Answer> {
    debt.onTheirWay += 1;
    return settle(this.#options.request(node, end), (answer) => {
      debt.onTheirWay -= 1;
      debt.isAnswering = !isUncertain(answer);
      if (answer !== 'undeliverable') debt.answeredAtMs = this.#options.now();
      if (isUncertain(answer)) debt.waiting.add(end);
      else {
        this.#size -= 1;
        this.#sendWaiting(node, debt);
        this.#close(node, debt);
      }
      return answer;
    });
  }

  #forget(debt: Debt): void {
    this.#size -= debt.waiting.size;
    debt.waiting.clear();
  }

  #close(node: NodeId, debt: Debt): void {
    if (debt.waiting.size > 0 || debt.onTheirWay > 0 || this.#debts.get(node) !== debt) return;
    this.#debts.delete(node);
    this.#options.onDebt(node, -1);
  }
}
