import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from './error-codes.js';
import { IceServer } from './ice-server.js';
import { CallId, PeerId, SessionId } from './ids.js';

/** Whether a peer can be reached. Nothing more is known or told. */
export const Status = z.enum(['ONLINE', 'OFFLINE']);
export type Status = z.infer<typeof Status>;

/** Why a call ended. */
export const HangupReason = z.enum(['hangup', 'cancelled', 'timeout', 'peer_offline', 'glare']);
export type HangupReason = z.infer<typeof HangupReason>;

/** Why a callee did not take a call. */
export const RejectReason = z.enum(['declined', 'busy']);
export type RejectReason = z.infer<typeof RejectReason>;

/** Relays for one call; absent where the server offers none. */
const iceServers = z.array(IceServer).optional();

const codes = Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]];

/** `data` of every event the server may send (PROTOCOL.md, section 4). */
export const SERVER_EVENTS = {
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
  ring: z.object({ call_id: CallId, peer_id: PeerId }),
  accept: z.object({ call_id: CallId, peer_id: PeerId, ice_servers: iceServers }),
  reject: z.object({ call_id: CallId, peer_id: PeerId, reason: RejectReason }),
  signal: z.object({ call_id: CallId, peer_id: PeerId, signal: z.looseObject({}) }),
  hangup: z.object({ call_id: CallId, peer_id: PeerId, reason: HangupReason }),
  heartbeat: z.object({ ack: z.boolean() }),
  /** `ice_servers` may be there where it answers `accept`. */
  ack: z.object({ ice_servers: iceServers }),
  error: z.object({
    code: z.enum(codes),
    message: z.string(),
    /** The event this answers; empty where the frame named none. */
    event: z.string(),
    call_id: CallId.optional(),
    retry_after_ms: z.number().int().nonnegative().optional(),
  }),
} as const;

/** Name of an event the server may send. */
export type ServerEventName = keyof typeof SERVER_EVENTS;

/** `data` of a server's event. */
export type ServerData<E extends ServerEventName> = z.infer<(typeof SERVER_EVENTS)[E]>;
