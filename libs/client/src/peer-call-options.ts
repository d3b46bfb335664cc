import type { ConnectionConfiguration, PeerConnection } from './peer-connection.js';

/** Options of a `PeerCall`. */
export interface PeerCallOptions<Connection extends PeerConnection = PeerConnection> {
  /**
   * Creates the WebRTC connection: `(configuration) => new RTCPeerConnection(configuration)`, the browser's or werift's.
   * `configuration` holds the ICE servers that the server offers for this call. The factory may add or replace servers:
   * `({ iceServers }) => new RTCPeerConnection({ iceServers: [...own, ...iceServers] })`.
   */
  readonly createConnection: (configuration: ConnectionConfiguration) => Connection;
  /** The label of the data channel, the same at both sides; `chat` by default. */
  readonly label?: string;
  /** The time limit for connecting, in milliseconds; 30,000 by default. */
  readonly connectWithinMs?: number;
  /** The time limit for restoring an interrupted connection, in milliseconds; 30,000 by default. */
  readonly restoreWithinMs?: number;
}
