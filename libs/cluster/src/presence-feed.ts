import type { PeerId } from '@white-rabbit/protocol';
import type { PresenceChange } from './route-store.js';

/** Part of the peers, by their shards. */
export type Shards = ReadonlySet<number>;

/**
 * The changes of all peers of the region, as a stream for each shard. A node receives all streams and takes the peers
 * that it watches.
 *
 * - Each change is reported once, in order for each peer.
 * - Changes are missed while a stream is disconnected. `onGap` reports its shards when it is received again and the store
 *   can be read, or when another instance serves them: their watched peers must be read again, and their routes claimed
 *   again. It also reports the first connection.
 */
export abstract class PresenceFeed {
  abstract onChange(listener: (change: PresenceChange) => void): void;
  abstract onGap(listener: (shards: Shards) => void): void;

  /** Called with peers whose changes cannot be ordered: they must be read again. Within one region there are none. */
  onConflict(_listener: (peers: readonly PeerId[]) => void): void {
    // Only if several feeds are combined.
  }

  /** The node watches these peers from now on. For a feed that compares a change with the last known route. */
  watch(_peers: readonly PeerId[]): void {
    // Only if several feeds are combined.
  }

  /** The node does not watch these peers any more. */
  unwatch(_peers: readonly PeerId[]): void {
    // Only if several feeds are combined.
  }
}
