import type { ErrorCode, IceServer } from './protocol-types.js';

/**
 * Why a request to the server failed: one of the server's error codes, or
 * `disconnected` (there is no connection, or it broke before the response; the server may have done it) or
 * `no_answer` (the server did not respond in time; it may have done it) or
 * `signal_too_long` (a signal does not fit into a frame; it was not sent).
 */
export type FailureCode = ErrorCode | 'disconnected' | 'no_answer' | 'signal_too_long';

/** A failed request. */
export interface Failure {
  readonly ok: false;
  readonly code: FailureCode;
  /** A sentence in English that an application can show. */
  readonly message: string;
  /** Milliseconds before which a new attempt fails as well. Absent if the server did not say. */
  readonly retryAfterMs?: number;
}

/** How a request to the server ended. A promise of an outcome never rejects. */
export type Outcome = { readonly ok: true } | Failure;

/** How a request ended, with the data of its `ack`. */
export type RequestResult = { readonly ok: true; readonly iceServers?: readonly IceServer[] } | Failure;

/** The request succeeded. */
export const DONE: Outcome = { ok: true };

/** Messages of the failures that the client itself detects. */
const MESSAGES = {
  disconnected: 'There is no connection to the server.',
  no_answer: 'The server did not respond.',
  signal_too_long: 'The signal does not fit into a frame of 64 KiB.',
  call_not_found: 'There is no such call.',
  call_not_active: 'The call is not active, or this side cannot accept it.',
  contacts_limit: 'A client can have at most 1,000 contacts.',
  bad_data: 'A contact is a peer id: 8 to 128 of A-Z a-z 0-9 _ -',
} as const satisfies Partial<Record<FailureCode, string>>;

/** A failure that the client itself detected. */
export function failure(code: keyof typeof MESSAGES): Failure {
  return { ok: false, code, message: MESSAGES[code] };
}
