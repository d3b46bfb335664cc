import type { Clock } from './observed-clock.js';

/** What must not happen, whatever fails. */
export const VIOLATIONS = {
  lost: 'signals without an ack that neither arrived nor had an error',
  false_ack: 'acknowledged signals that did not arrive',
  refused_but_delivered: 'signals that arrived although their error says that they were not sent',
  doubled: 'signals and rings that arrived twice',
  reordered: 'signals that arrived after a later one',
  invented: 'signals that were never sent',
  misdelivered: 'frames of a call for another peer, or in the name of another one',
  outcome_missing: 'requests without an answer after 5 s',
  outcome_twice: 'requests with two answers',
  false_offline: 'OFFLINE of a peer that is registered',
  false_online: 'ONLINE of a peer that left 1 s ago, or 15 s ago if its gateway was killed',
  unseen: 'contacts without a status after `registered`',
  limbo: 'calls that only one side still has',
  endless_ring: 'rings that do not end',
  established_disturbed: 'frames of a call that both sides have established',
  left_over: 'keys in Redis without a session',
  malformed: 'frames of the server that the protocol does not allow',
} as const;

/** The name of a violation. */
export type ViolationKind = keyof typeof VIOLATIONS;

/** Examples that are kept of each kind. */
const EXAMPLES = 3;

/** The violations of one run, by kind. */
export class Violations {
  readonly #counts = new Map<ViolationKind, number>();
  readonly #examples = new Map<ViolationKind, string[]>();

  /** @param clock of the examples. */
  constructor(private readonly clock: Clock = { nowMs: 0 }) {}

  /** @param example what happened, for the person that reads the report; peers and calls of a test are no secret. */
  add(kind: ViolationKind, example: string, count = 1): void {
    this.#counts.set(kind, this.count(kind) + count);
    const examples = this.#examples.get(kind) ?? [];
    const atS = (this.clock.nowMs / 1000).toFixed(1);
    if (examples.length < EXAMPLES) this.#examples.set(kind, [...examples, `${example}, at ${atS} s`]);
  }

  count(kind: ViolationKind): number {
    return this.#counts.get(kind) ?? 0;
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The kinds that occurred, in the order of the table. */
  get kinds(): readonly ViolationKind[] {
    return (Object.keys(VIOLATIONS) as ViolationKind[]).filter((kind) => this.count(kind) > 0);
  }

  /** One line for each kind that occurred, with examples. */
  get lines(): readonly string[] {
    return this.kinds.map((kind) => {
      const examples = this.#examples.get(kind)?.join('; ') ?? '';
      return `${this.count(kind)} ${VIOLATIONS[kind]}: ${examples}`;
    });
  }
}
