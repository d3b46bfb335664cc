import { z } from 'zod';
import { CallId, DeviceId, PeerId } from './ids.js';
import { Proof, RejectReason, Signal } from './values.js';

// The size of a frame bounds a list here; the session enforces the limit of contacts.
const peers = z.array(PeerId);

// A client gives an object of any type, such as a description of WebRTC.
const anyObject: z.ZodType<object> = Signal;

/** The schema of `data` for every event of a client (docs/protocol.md, section 3). Unknown fields are dropped. */
export const CLIENT_EVENTS = {
  register: z.object({
    // Any text: a malformed key is answered with `license_invalid`, like an unknown key.
    license_key: z.string(),
    device_id: DeviceId,
    peer_id: PeerId,
    contacts: peers.optional(),
    /** Move a license without a free device to this device. Ignored if the server does not offer transfers. */
    transfer: z.boolean().optional(),
    /** Shows that the client has the private key of its identity (docs/protocol.md, section 8). */
    proof: Proof.optional(),
  }),
  contacts: z.object({ add: peers.optional(), remove: peers.optional() }),
  call: z.object({
    peer_id: PeerId,
    call_id: CallId,
    /** An earlier call between these peers whose connection the caller wants to restore (docs/protocol.md, section 10). */
    resumes: CallId.optional(),
  }),
  accept: z.object({ call_id: CallId }),
  reject: z.object({ call_id: CallId, reason: RejectReason.default('declined') }),
  signal: z.object({
    call_id: CallId,
    signal: anyObject,
  }),
  established: z.object({ call_id: CallId }),
  hangup: z.object({ call_id: CallId }),
  heartbeat: z.object({ ack: z.boolean().optional() }),
} as const;

/** The name of an event of a client. */
export type ClientEventName = keyof typeof CLIENT_EVENTS;

/** The validated `data` of an event of a client. */
export type ClientData<E extends ClientEventName> = z.infer<(typeof CLIENT_EVENTS)[E]>;
