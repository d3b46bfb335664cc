import type { PeerId } from '@white-rabbit/protocol';
import type { NodeId } from '@white-rabbit/signaling';

// Names of keys and channels. The braces are literal: they put a peer's route and its feed into one slot of a Redis
// cluster.
export const FEED_PREFIX = 'wr:presence:{';
export const BUS_PREFIX = 'wr:bus:{';
/** Ids of the running nodes, by the end of their leases (ms of that server's clock). */
export const NODES_KEY = 'wr:nodes';

export const routeKey = (peer: PeerId): string => `wr:route:{${peer}}`;
export const feedChannel = (peer: PeerId): string => `${FEED_PREFIX}${peer}}`;
export const nodeKey = (node: NodeId): string => `wr:node:{${node}}`;
export const busChannel = (node: NodeId): string => `${BUS_PREFIX}${node}}`;

/** The peer of a channel made by `feedChannel`. */
export function feedPeer(channel: string): PeerId {
  return channel.slice(FEED_PREFIX.length, -1) as PeerId;
}
