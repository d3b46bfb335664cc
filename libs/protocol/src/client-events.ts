import { z } from 'zod';
import { CallId, DeviceId, PeerId } from './ids.js';

// Lists are bounded here by what fits a frame; how many contacts a session may hold is a rule of the session.
const peers = z.array(PeerId);

/** `data` of every event a client may send (PROTOCOL.md, section 3). Unknown fields are dropped. */
export const CLIENT_EVENTS = {
  register: z.object({
    // Any text: what is no key is `license_invalid`, and never told apart from a key that nobody issued.
    license_key: z.string(),
    device_id: DeviceId,
    peer_id: PeerId,
    contacts: peers.optional(),
    /** A license at its device limit is to be moved to this device. Ignored where the server does not offer that. */
    transfer: z.boolean().optional(),
  }),
  contacts: z.object({ add: peers.optional(), remove: peers.optional() }),
  call: z.object({ peer_id: PeerId, call_id: CallId }),
  accept: z.object({ call_id: CallId }),
  reject: z.object({ call_id: CallId, reason: z.enum(['declined', 'busy']).default('declined') }),
  signal: z.object({
    call_id: CallId,
    // Any object. It is checked to be one and never looked into: what is passed on is its text as it came.
    signal: z.custom<object>(isPlainObject, 'must be an object').meta({ type: 'object' }),
  }),
  established: z.object({ call_id: CallId }),
  hangup: z.object({ call_id: CallId }),
  heartbeat: z.object({ ack: z.boolean().optional() }),
} as const;

/** Name of an event a client may send. */
export type ClientEventName = keyof typeof CLIENT_EVENTS;

/** Checked `data` of a client's event. */
export type ClientData<E extends ClientEventName> = z.infer<(typeof CLIENT_EVENTS)[E]>;

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
