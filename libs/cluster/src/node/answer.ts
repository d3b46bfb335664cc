/**
 * What became of an ask, exactly one of:
 * - `answered`: the receiver's handler ran and said `text`.
 * - `unreachable`: nobody listens at that node. It did not arrive.
 * - `unavailable`: the transport failed, or too many asks are open. It may have arrived.
 * - `silent`: no receipt in time. It may have arrived.
 */
export type Answer = { readonly outcome: 'answered'; readonly text: string } | { readonly outcome: Failure };

/** The ways in which an ask gets no answer. */
export type Failure = 'unreachable' | 'unavailable' | 'silent';

/** One object for each failure, so that a storm of failures allocates nothing. */
export const FAILED = {
  unreachable: { outcome: 'unreachable' },
  unavailable: { outcome: 'unavailable' },
  silent: { outcome: 'silent' },
} as const satisfies Record<Failure, Answer>;
