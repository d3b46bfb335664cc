import type { PeerConnection } from '../peer-connection.js';

/** The ICE transports of werift. */
interface WeriftConnection extends PeerConnection {
  readonly iceTransports: readonly { readonly state: string; start(): Promise<unknown> }[];
}

/** The states of a transport that needs no start. After a restart it is `new`, or `completed` once it has gathered. */
const RUNNING: readonly string[] = ['checking', 'connected', 'closed'];

/**
 * Whether it is a connection of werift (0.25), which differs from browsers in two ways: it does not start ICE again after
 * a restart, and it reports `negotiationneeded` for each restart, also at the side that answers it.
 */
export function isWerift(connection: PeerConnection): connection is WeriftConnection {
  return Array.isArray((connection as Partial<WeriftConnection>).iceTransports);
}

/** Starts ICE again after the descriptions of a restart were exchanged. */
export function startRestartedIce(connection: WeriftConnection): void {
  for (const transport of connection.iceTransports) {
    // A failed check shows in the connection state.
    if (!RUNNING.includes(transport.state)) void transport.start().catch(() => undefined);
  }
}
