import { z } from 'zod';
import { CallId, PeerId, SessionId } from './ids.js';
import { Nonce } from './proof.js';
import { ErrorCodeName, HangupReason, IceServer, PeerStatus, RejectReason, Signal } from './values.js';

/** ICE servers for one call; absent if the server offers none. */
const iceServers = z.array(IceServer).optional();

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
  presence: z.object({ peers: z.array(PeerStatus) }),
  ring: z.object({ call_id: CallId, peer_id: PeerId, resumes: CallId.optional() }),
  accept: z.object({ call_id: CallId, peer_id: PeerId, ice_servers: iceServers }),
  reject: z.object({ call_id: CallId, peer_id: PeerId, reason: RejectReason }),
  signal: z.object({ call_id: CallId, peer_id: PeerId, signal: Signal }),
  hangup: z.object({ call_id: CallId, peer_id: PeerId, reason: HangupReason }),
  heartbeat: z.object({ ack: z.boolean() }),
  /** `ice_servers` can be present in the response to `accept`. */
  ack: z.object({ ice_servers: iceServers }),
  error: z.object({
    code: ErrorCodeName,
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
