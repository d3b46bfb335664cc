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

/** A failure of this side's own making. */
export function failure(code: 'disconnected' | 'no_answer'): Failure {
  const message = code === 'disconnected' ? 'There is no connection to the server.' : 'The server did not answer.';
  return { ok: false, code, message };
}
