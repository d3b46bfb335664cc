/**
 * What became of an ask, exactly one of:
 * - `answered`: the receiver's handler ran and said `text`.
 * - `unreachable`: no such node listens. It did not arrive.
 * - `unavailable`: it was not sent: the transport takes nothing, or too many asks to that node are open. It never arrives.
 * - `silent`: no receipt in time, or the transport did not confirm it. It may have arrived.
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
