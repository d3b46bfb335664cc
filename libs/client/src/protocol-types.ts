/**
 * The types of docs/protocol.md that are part of the public types of this package. They are repeated here, because the
 * package is published without the protocol package; a test compares them.
 */

/** Whether a peer can be reached. */
export type Status = 'ONLINE' | 'OFFLINE';

/** Why the server ended a call (docs/protocol.md, section 4). */
export type HangupReason = 'hangup' | 'cancelled' | 'timeout' | 'peer_offline' | 'glare';

/** Why a callee rejected a call. */
export type RejectReason = 'declined' | 'busy';

/** The error codes of the server (docs/protocol.md, section 6). */
export type ErrorCode =
  | 'bad_message'
  | 'unknown_event'
  | 'bad_data'
  | 'not_registered'
  | 'already_registered'
  | 'license_invalid'
  | 'license_revoked'
  | 'license_expired'
  | 'license_device_limit'
  | 'license_transfer_too_soon'
  | 'license_identity_mismatch'
  | 'peer_id_taken'
  | 'proof_required'
  | 'proof_invalid'
  | 'license_unavailable'
  | 'rate_limited'
  | 'peer_offline'
  | 'call_exists'
  | 'call_not_found'
  | 'call_not_active'
  | 'call_limit'
  | 'contacts_limit'
  | 'self_call'
  | 'undeliverable'
  | 'unavailable'
  | 'internal';

/** A STUN or TURN server in the form of `RTCIceServer`, which browsers and werift accept. */
export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}
