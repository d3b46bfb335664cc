import type { HangupReason } from '@white-rabbit/protocol';
import type { NodeId } from '../state/route.js';
import type { CallLeg } from '../state/session.js';
import type { CallMessage } from './call-message.js';
import { isUncertain, type Answer, settle } from './outcome.js';

/** A message that notifies another node that a call is over. */
export type End = Extract<CallMessage, { kind: 'end' }>;

/** The message that this call leg is over. */
export function endOf(leg: CallLeg, reason: HangupReason): End {
  return { kind: 'end', call: leg.id, from: leg.session.id, to: leg.other.session, reason };
}

/** Maximum of pending ends, for all nodes. Further ends are sent once and not kept. */
export const PENDING_ENDS_MAX = 100_000;

/**
 * Maximum of ends in transit to one node while it answers. While it does not, few are sent, to detect that it answers
 * again.
 */
const WINDOW = 500;
const PROBES = 20;

/**
 * If a node has not answered for this long, it is gone for good, or none of its clients still waits for the end. Ms.
 */
const FORGET_MS = 600_000;

/** The ends that one node has not answered yet. */
interface Debt {
  /** Ends that are not in transit. */
  readonly waiting: Set<End>;
  onTheirWay: number;
  /** Whether the last end that was sent was answered. */
  isAnswering: boolean;
  /** The lease of the node expired: nothing is sent until the node has recovered. */
  isDead: boolean;
  /** When the node answered last, or could not be reached because the bus was down. Monotonic ms. */
  answeredAtMs: number;
}

/** Dependencies of pending ends. */
export interface PendingEndsOptions {
  request(to: NodeId, end: End): Answer | Promise<Answer>;
  /** Monotonic ms. */
  now(): number;
  /** `1`: there are pending ends for that node from now on, and has to be watched; `-1`: no longer. */
  onDebt(node: NodeId, change: 1 | -1): void;
}

/**
 * Ends of calls that other nodes have not confirmed. Each is sent until that node has answered it, whatever was lost
 * in transit; otherwise the other side's call leg would remain until its client acts. Sending an end twice is
 * harmless, because the second finds no call. A node that was regarded as dead gets its ends when it has recovered: it
 * was stopped, and does not know that its calls ended.
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

  /**
   * Sends the end at once, after all that was sent before; keeps it until it is answered. Returns the first answer.
   */
  send(to: NodeId, end: End): Answer | Promise<Answer> {
    const debt = this.#take(to);
    return debt === undefined ? this.#options.request(to, end) : this.#attempt(to, debt, end);
  }

  /** Keeps it, to be sent later. */
  add(to: NodeId, end: End): void {
    this.#take(to)?.waiting.add(end);
  }

  /** That node is dead. */
  dead(node: NodeId): void {
    const debt = this.#debts.get(node);
    if (debt !== undefined) debt.isDead = true;
  }

  /** That node, which was regarded as dead, is running. */
  recovered(node: NodeId): void {
    const debt = this.#debts.get(node);
    if (debt === undefined) return;
    debt.isDead = false;
    this.#sendWaiting(node, debt);
  }

  /** Sends unanswered ends again. Call it about twice a second. */
  tick(): void {
    const nowMs = this.#options.now();
    for (const [node, debt] of this.#debts) {
      if (nowMs - debt.answeredAtMs > FORGET_MS) this.#forget(debt);
      else if (!debt.isDead) this.#sendWaiting(node, debt);
      this.#close(node, debt);
    }
  }

  /** The node's pending ends, with one more counted; `undefined` if the maximum is reached. */
  #take(node: NodeId): Debt | undefined {
    if (this.#size >= PENDING_ENDS_MAX) return undefined;
    this.#size += 1;
    let debt = this.#debts.get(node);
    if (debt === undefined) {
      const answeredAtMs = this.#options.now();
      debt = { waiting: new Set(), onTheirWay: 0, isAnswering: true, isDead: false, answeredAtMs };
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
