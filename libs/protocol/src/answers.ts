import { ERROR_CODES, type ErrorCode } from './error-codes.js';
import type { CallId, Ref } from './ids.js';
import type { ServerData, ServerEventName } from './server-events.js';

/** The optional fields of an `error`. */
export interface ErrorDetails {
  /** A text instead of the general text of the code. It never contains a value that a client sent. */
  readonly message?: string | undefined;
  readonly callId?: CallId | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** Encodes an event for a client. */
export function encodeEvent<E extends ServerEventName>(event: E, data: ServerData<E>, ref?: Ref): string {
  return JSON.stringify({ event, data, ref });
}

/** Encodes the `ack` of the frame with this `ref`. */
export function encodeAck(ref: Ref, data?: ServerData<'ack'>): string {
  return `{"event":"ack","data":${data === undefined ? '{}' : JSON.stringify(data)},"ref":${JSON.stringify(ref)}}`;
}

/** Encodes the `error` that answers a frame. `event` is the event of that frame, empty if it had none. */
export function encodeError(code: ErrorCode, event: string, ref?: Ref, details: ErrorDetails = {}): string {
  const data = {
    code,
    message: details.message ?? ERROR_CODES[code],
    event,
    call_id: details.callId,
    retry_after_ms: details.retryAfterMs === undefined ? undefined : Math.ceil(details.retryAfterMs),
  };
  return JSON.stringify({ event: 'error', data, ref });
}
