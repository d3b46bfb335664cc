import type { CallEnd } from './call.js';
import type { DataChannel } from './peer-connection.js';

/**
 * Why two peers are not connected, or not any more.
 *
 * - `no_route`: the peers found no network path in time. A TURN server helps.
 * - `closed`: this side closed the connection. `closed_by_peer`: the other side did. `lost`: the connection broke.
 * - `failed`: the negotiation failed; the other peer may use an incompatible client.
 * - any other: the call ended before the peers were connected.
 */
export type PeerCallEnd = 'no_route' | 'closed' | 'closed_by_peer' | 'lost' | 'failed' | CallEnd;

/** The result of connecting. */
export type Connected =
  { readonly ok: true; readonly channel: DataChannel } | { readonly ok: false; readonly reason: PeerCallEnd };

/**
 * `connecting` · `open`: messages pass · `interrupted`: nothing comes from the other side; messages wait · `closing`: this
 * side closes and waits for confirmations · `closed`.
 */
export type PeerCallState = 'connecting' | 'open' | 'interrupted' | 'closing' | 'closed';

/** The events of a peer call. */
export interface PeerCallEvents {
  /** The new state. */
  readonly state: PeerCallState;
  /** A text of the other peer. */
  readonly text: string;
  /** A binary message of the other peer. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The other peer has received this many messages of this side, always the first ones: see `SendResult`. */
  readonly delivered: number;
  /** The other peer opened another channel. */
  readonly channel: DataChannel;
}
