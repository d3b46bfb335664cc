import { ERROR_CODES, type ErrorCode } from './error-codes.js';
import type { CallId, PeerId, Ref } from './ids.js';
import type { ServerData, ServerEventName } from './server-events.js';
import type { HangupReason, IceServer, PeerStatus, RejectReason } from './values.js';

/** The optional fields of an `error`. */
export interface ErrorDetails {
  /** A text instead of the general text of the code. It never contains a value that a client sent. */
  readonly message?: string | undefined;
  readonly callId?: CallId | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** Encodes an event for a client. The functions below are faster: ids need no escaping, so they call `JSON.stringify` for little. */
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

/** Encodes `ring`; `peer` is the caller, `resumes` the earlier call that it names. */
export function encodeRing(call: CallId, peer: PeerId, resumes?: CallId): string {
  const earlier = resumes === undefined ? '' : `,"resumes":"${resumes}"`;
  return `{"event":"ring","data":{"call_id":"${call}","peer_id":"${peer}"${earlier}}}`;
}

/** Encodes `accept`; `peer` is the callee. With ICE servers for the caller if there are any to offer. */
export function encodeAccept(call: CallId, peer: PeerId, iceServers?: readonly IceServer[]): string {
  const servers = iceServers === undefined ? '' : `,"ice_servers":${JSON.stringify(iceServers)}`;
  return `{"event":"accept","data":{"call_id":"${call}","peer_id":"${peer}"${servers}}}`;
}

/** Encodes `reject`; `peer` is the callee. */
export function encodeReject(call: CallId, peer: PeerId, reason: RejectReason): string {
  return `{"event":"reject","data":{"call_id":"${call}","peer_id":"${peer}","reason":"${reason}"}}`;
}

/** Encodes `hangup`; `peer` is the other peer of the call. */
export function encodeHangup(call: CallId, peer: PeerId, reason: HangupReason): string {
  return `{"event":"hangup","data":{"call_id":"${call}","peer_id":"${peer}","reason":"${reason}"}}`;
}

/** Encodes `presence`; with a `ref` it is an answer. */
export function encodePresence(peers: readonly PeerStatus[], ref?: Ref): string {
  const list = peers.map(({ peer_id, status }) => `{"peer_id":"${peer_id}","status":"${status}"}`).join(',');
  const tail = ref === undefined ? '' : `,"ref":${JSON.stringify(ref)}`;
  return `{"event":"presence","data":{"peers":[${list}]}${tail}}`;
}
