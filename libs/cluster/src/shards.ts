import type { PeerId } from '@white-rabbit/protocol';
import { slotOf } from './redis/slot-of.js';

/** Number of shards of a region: a power of two that divides the slots of a Redis Cluster. */
export const SHARDS = 1024;

/**
 * The shard of a peer, from 0. Peers of one shard share a Redis slot, a presence channel, a renewal and a recovery. All
 * nodes of all versions must agree on it.
 */
export function shardOf(peer: PeerId): number {
  return slotOf(peer) % SHARDS;
}
