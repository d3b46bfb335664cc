import type { CallId, HangupReason, IceServer, PeerId, Ref, RejectReason, Status } from '@white-rabbit/protocol';

// Built by hand: the alphabet of ids needs no escaping, and JSON.stringify costs several times as much.

/** A peer and its status, as `presence` contains it. */
export interface PeerStatus {
  readonly peer_id: PeerId;
  readonly status: Status;
}

/** `ring`; `peer` is the caller. */
export function ringFrame(call: CallId, peer: PeerId): string {
  return `{"event":"ring","data":{"call_id":"${call}","peer_id":"${peer}"}}`;
}

/** `accept`; `peer` is the callee. With ICE servers for the caller if there are any to offer. */
export function acceptFrame(call: CallId, peer: PeerId, iceServers?: readonly IceServer[]): string {
  const relays = iceServers === undefined ? '' : `,"ice_servers":${JSON.stringify(iceServers)}`;
  return `{"event":"accept","data":{"call_id":"${call}","peer_id":"${peer}"${relays}}}`;
}

/** `reject`; `peer` is the callee. */
export function rejectFrame(call: CallId, peer: PeerId, reason: RejectReason): string {
  return `{"event":"reject","data":{"call_id":"${call}","peer_id":"${peer}","reason":"${reason}"}}`;
}

/** `hangup`; `peer` is the other peer of the call. */
export function hangupFrame(call: CallId, peer: PeerId, reason: HangupReason): string {
  return `{"event":"hangup","data":{"call_id":"${call}","peer_id":"${peer}","reason":"${reason}"}}`;
}

/** `signal`; `signal` is the text of an object exactly as its sender wrote it. */
export function signalFrame(call: CallId, peer: PeerId, signal: string): string {
  return `{"event":"signal","data":{"call_id":"${call}","peer_id":"${peer}","signal":${signal}}}`;
}

/** `presence`; with a `ref` it is an answer. */
export function presenceFrame(peers: readonly PeerStatus[], ref?: Ref): string {
  let list = '';
  for (const { peer_id, status } of peers) {
    list += `${list === '' ? '' : ','}{"peer_id":"${peer_id}","status":"${status}"}`;
  }
  const tail = ref === undefined ? '' : `,"ref":${JSON.stringify(ref)}`;
  return `{"event":"presence","data":{"peers":[${list}]}${tail}}`;
}
