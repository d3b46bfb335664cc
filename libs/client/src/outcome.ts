import type { ErrorCode } from '@white-rabbit/protocol';
import type { IceServer } from './ice-server.js';

/**
 * Why something asked of the server was not done: one of the server's error codes, or
 * `disconnected` (there is no connection, or it broke before the answer; it may have been done) or
 * `no_answer` (the server said nothing in time; it may have been done).
 */
export type FailureCode = ErrorCode | 'disconnected' | 'no_answer';

/** It was not done. */
export interface Failure {
  readonly ok: false;
  readonly code: FailureCode;
  /** A sentence for people, in English. */
  readonly message: string;
  /** Where the server said so: asking again before this many milliseconds is of no use. */
  readonly retryAfterMs?: number;
}

/** How something asked of the server ended. Promises of outcomes never reject. */
export type Outcome = { readonly ok: true } | Failure;

/** How a request ended, with what its `ack` brought besides. */
export type Answer = { readonly ok: true; readonly iceServers?: readonly IceServer[] } | Failure;

/** It was done. */
export const DONE: Outcome = { ok: true };

/** What this side itself finds wrong, without a word of the server. */
const OWN = {
  disconnected: 'There is no connection to the server.',
  no_answer: 'The server did not answer.',
  call_not_active: 'Only the callee can accept a call.',
  contacts_limit: 'There can be at most 1,000 contacts.',
  bad_data: 'A contact is a peer id: 8 to 128 of A-Z a-z 0-9 _ -',
} as const satisfies Partial<Record<FailureCode, string>>;

/** A failure of this side's own making. */
export function failure(code: keyof typeof OWN): Failure {
  return { ok: false, code, message: OWN[code] };
}
