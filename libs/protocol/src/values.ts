import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from './error-codes.js';
import { PeerId } from './ids.js';
import { PublicKey, Signature } from './proof.js';

// Objects and enumerations within frames. Their ids are their names in the published schemas and in generated code.

/** Any JSON object. The gateway forwards its text unchanged. */
export const Signal = z.looseObject({}, 'must be an object').meta({ id: 'Signal' });

/** Shows that a client has the private key of its identity (docs/protocol.md, section 8). */
export const Proof = z.object({ public_key: PublicKey, signature: Signature }).meta({ id: 'Proof' });

/**
 * A STUN or TURN server in the form of WebRTC's `RTCIceServer`. A TURN server has `username` and `credential`, which are
 * valid for one call and for `LIMITS.turnCredentialsMs`.
 */
export const IceServer = z
  .object({
    /** `stun:`, `turn:` or `turns:` URLs of one server, or of several servers with the same credentials. */
    urls: z.array(z.string()).min(1),
    username: z.string().optional(),
    credential: z.string().optional(),
  })
  .meta({ id: 'IceServer' });
export type IceServer = z.infer<typeof IceServer>;

/** Whether a peer can be reached. */
export const Status = z.enum(['ONLINE', 'OFFLINE']).meta({ id: 'Status' });
export type Status = z.infer<typeof Status>;

/** The status of a contact. */
export const PeerStatus = z.object({ peer_id: PeerId, status: Status }).meta({ id: 'PeerStatus' });
export type PeerStatus = Readonly<z.infer<typeof PeerStatus>>;

/** Why a call ended. */
export const HangupReason = z
  .enum(['hangup', 'cancelled', 'timeout', 'peer_offline', 'glare'])
  .meta({ id: 'HangupReason' });
export type HangupReason = z.infer<typeof HangupReason>;

/** Why a callee rejected a call. */
export const RejectReason = z.enum(['declined', 'busy']).meta({ id: 'RejectReason' });
export type RejectReason = z.infer<typeof RejectReason>;

const codes = Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]];

/** The `code` of an `error`. */
export const ErrorCodeName = z.enum(codes).meta({ id: 'ErrorCode' });
