import { ERROR_CODES, type ErrorCode } from './error-codes.js';
import type { CallId, Ref } from './ids.js';
import type { ServerData, ServerEventName } from './server-events.js';

/** What an `error` may carry besides its code. */
export interface ErrorDetails {
  /** Text for people where the code's own does not say enough. Never a value that a client sent. */
  readonly message?: string | undefined;
  readonly callId?: CallId | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** The text of one frame to a client. */
export function encodeEvent<E extends ServerEventName>(event: E, data: ServerData<E>, ref?: Ref): string {
  return JSON.stringify({ event, data, ref });
}

/** The `ack` of the frame that had this `ref`; empty unless it brings something along. */
export function encodeAck(ref: Ref, data?: ServerData<'ack'>): string {
  return `{"event":"ack","data":${data === undefined ? '{}' : JSON.stringify(data)},"ref":${JSON.stringify(ref)}}`;
}

/** The `error` that answers a frame. `event` is the name of that frame's event, empty where it had none. */
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
