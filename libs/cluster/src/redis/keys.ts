import type { PeerId } from '@white-rabbit/protocol';
import type { NodeId } from '@white-rabbit/signaling';

// Names of keys and channels. The braces are literal: they put the routes and the presence channel of a shard into one
// slot of a Redis Cluster.
export const PRESENCE_PREFIX = 'wr:presence:{';
export const BUS_PREFIX = 'wr:bus:{';
/** Ids of the running nodes, by the end of their leases (ms of that server's clock). */
export const NODES_KEY = 'wr:nodes';

export const routeKey = (shard: number, peer: PeerId): string => `wr:route:{${shard}}:${peer}`;
export const presenceChannel = (shard: number): string => `${PRESENCE_PREFIX}${shard}}`;
export const nodeKey = (node: NodeId): string => `wr:node:{${node}}`;
export const busChannel = (node: NodeId): string => `${BUS_PREFIX}${node}}`;

/** The shard of a channel made by `presenceChannel`. */
export function shardOfChannel(channel: string): number {
  return Number(channel.slice(PRESENCE_PREFIX.length, -1));
}
