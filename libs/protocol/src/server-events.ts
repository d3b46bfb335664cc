import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from './error-codes.js';
import { CallId, PeerId, SessionId } from './ids.js';
import { Nonce } from './proof.js';

/**
 * A STUN or TURN server in the form of WebRTC's `RTCIceServer`. A TURN server has `username` and `credential`, which are
 * valid for one call and for `LIMITS.turnCredentialsMs`.
 */
export const IceServer = z.object({
  /** `stun:`, `turn:` or `turns:` URLs of one server, or of several servers with the same credentials. */
  urls: z.array(z.string()).min(1),
  username: z.string().optional(),
  credential: z.string().optional(),
});
export type IceServer = z.infer<typeof IceServer>;

/** Whether a peer can be reached. */
export const Status = z.enum(['ONLINE', 'OFFLINE']);
export type Status = z.infer<typeof Status>;

/** Why a call ended. */
export const HangupReason = z.enum(['hangup', 'cancelled', 'timeout', 'peer_offline', 'glare']);
export type HangupReason = z.infer<typeof HangupReason>;

/** Why a callee rejected a call. */
export const RejectReason = z.enum(['declined', 'busy']);
export type RejectReason = z.infer<typeof RejectReason>;

/** ICE servers for one call; absent if the server offers none. */
const iceServers = z.array(IceServer).optional();

const codes = Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]];

/** The schema of `data` for every event of the server (docs/protocol.md, section 4). */
export const SERVER_EVENTS = {
  challenge: z.object({ nonce: Nonce }),
  registered: z.object({
    peer_id: PeerId,
    session_id: SessionId,
    /** Seconds. */
    heartbeat_interval: z.number(),
    /** Seconds. */
    heartbeat_timeout: z.number(),
    region: z.string(),
  }),
  presence: z.object({ peers: z.array(z.object({ peer_id: PeerId, status: Status })) }),
  ring: z.object({ call_id: CallId, peer_id: PeerId, resumes: CallId.optional() }),
  accept: z.object({ call_id: CallId, peer_id: PeerId, ice_servers: iceServers }),
  reject: z.object({ call_id: CallId, peer_id: PeerId, reason: RejectReason }),
  signal: z.object({ call_id: CallId, peer_id: PeerId, signal: z.looseObject({}) }),
  hangup: z.object({ call_id: CallId, peer_id: PeerId, reason: HangupReason }),
  heartbeat: z.object({ ack: z.boolean() }),
  /** `ice_servers` can be present in the response to `accept`. */
  ack: z.object({ ice_servers: iceServers }),
  error: z.object({
    code: z.enum(codes),
    message: z.string(),
    /** The event of the request; empty if the frame had none. */
    event: z.string(),
    call_id: CallId.optional(),
    retry_after_ms: z.number().int().nonnegative().optional(),
  }),
} as const;

/** The name of an event of the server. */
export type ServerEventName = keyof typeof SERVER_EVENTS;

/** The `data` of an event of the server. */
export type ServerData<E extends ServerEventName> = z.infer<(typeof SERVER_EVENTS)[E]>;
