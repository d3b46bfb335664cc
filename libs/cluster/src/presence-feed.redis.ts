import { PresenceFeed, type Shards } from './presence-feed.js';
import { PRESENCE_PREFIX, presenceChannel, shardOfChannel } from './redis/keys.js';
import type { RedisLink } from './redis/redis-link.js';
import { parseChanges } from './redis/route-text.js';
import type { PresenceChange } from './route-store.js';
import { SHARDS } from './shards.js';

const CHANNELS = Array.from({ length: SHARDS }, (_, shard) => presenceChannel(shard));

/** One node's feed of a region in Redis: a channel for each shard. */
export class RedisPresenceFeed extends PresenceFeed {
  readonly #changeListeners: ((change: PresenceChange) => void)[] = [];
  readonly #gapListeners: ((shards: Shards) => void)[] = [];

  constructor(link: RedisLink) {
    super();
    link.subscriptions.addSource({
      prefix: PRESENCE_PREFIX,
      channels: CHANNELS,
      onMessage: (text) => {
        for (const change of parseChanges(text)) for (const listener of this.#changeListeners) listener(change);
      },
      onRestored: (channels) => {
        const shards = new Set(channels.map(shardOfChannel));
        for (const listener of this.#gapListeners) listener(shards);
      },
    });
  }

  override onChange(listener: (change: PresenceChange) => void): void {
    this.#changeListeners.push(listener);
  }

  override onGap(listener: (shards: Shards) => void): void {
    this.#gapListeners.push(listener);
  }
}
