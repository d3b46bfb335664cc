/**
 * The outcome of a request, exactly one of:
 * - `answered`: the receiver's handler ran and returned `text`.
 * - `unreachable`: no such node is subscribed. The request did not arrive.
 * - `unavailable`: it was not sent: the transport does not accept it, or too many requests to that node are open. It
 *   never arrives.
 * - `silent`: no response in time, or the transport did not confirm it. It may have arrived.
 */
export type Answer = { readonly outcome: 'answered'; readonly text: string } | { readonly outcome: Failure };

/** The outcomes of a request without an answer. */
export type Failure = 'unreachable' | 'unavailable' | 'silent';

/** One object for each failure, so that a storm of failures allocates nothing. */
export const FAILED = {
  unreachable: { outcome: 'unreachable' },
  unavailable: { outcome: 'unavailable' },
  silent: { outcome: 'silent' },
} as const satisfies Record<Failure, Answer>;
