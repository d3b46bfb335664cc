import type { PeerId } from '@white-rabbit/protocol';
import { CountedWatches } from './counted-watches.js';
import { PresenceFeed } from './presence-feed.js';
import { FEED_PREFIX, feedChannel, feedPeer } from './redis/keys.js';
import type { RedisLink } from './redis/redis-link.js';
import { parseChange } from './redis/route-text.js';
import { Unavailable } from '@white-rabbit/signaling';
import type { PresenceChange } from './route-store.js';

/** A tick's new watches, subscribed together. */
interface Batch {
  readonly peers: PeerId[];
  readonly confirmed: Promise<void>;
}

/** One node's feed of a region in Redis: a channel for each watched peer. */
export class RedisPresenceFeed extends PresenceFeed {
  readonly #watches = new CountedWatches<PeerId>();
  readonly #changeListeners: ((change: PresenceChange) => void)[] = [];
  readonly #gapListeners: (() => void)[] = [];
  /** Collects until the end of the tick. */
  #next: Batch | undefined;
  /** Settles when the newest batch and those before it have. */
  #inFlight: Promise<void> | undefined;

  constructor(private readonly link: RedisLink) {
    super();
    link.subscriptions.addSource({
      prefix: FEED_PREFIX,
      channels: () => this.#channels(),
      onMessage: (channel, text) => {
        this.#notify(feedPeer(channel), text);
      },
    });
    link.subscriptions.onRestored(() => {
      for (const listener of this.#gapListeners) listener();
    });
  }

  override async watch(peers: readonly PeerId[]): Promise<void> {
    const added = this.#watches.add(peers);
    if (added.length > 0) await this.#subscribe(added);
    // Another caller may have just requested one of these peers.
    else await this.#inFlight;
    if (!this.link.subscriptions.covers(peers, feedChannel))
      throw new Unavailable('The subscriptions are not confirmed.');
  }

  override unwatch(peers: readonly PeerId[]): void {
    const removed = this.#watches.remove(peers);
    if (removed.length > 0) this.link.subscriptions.unsubscribe(removed.map(feedChannel));
  }

  override onChange(listener: (change: PresenceChange) => void): void {
    this.#changeListeners.push(listener);
  }

  override onGap(listener: () => void): void {
    this.#gapListeners.push(listener);
  }

  #subscribe(peers: readonly PeerId[]): Promise<void> {
    this.#next ??= this.#openBatch();
    this.#next.peers.push(...peers);
    return this.#next.confirmed;
  }

  #openBatch(): Batch {
    const peers: PeerId[] = [];
    const before = this.#inFlight;
    const sent = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#next = undefined;
      // Peers that were unwatched meanwhile are unsubscribed already.
      const channels = peers.filter((peer) => this.#watches.has(peer)).map(feedChannel);
      return this.link.watch(channels);
    });
    const confirmed = Promise.all([before, sent]).then(() => undefined);
    this.#inFlight = confirmed;
    confirmed
      .catch(() => undefined)
      .finally(() => {
        if (this.#inFlight === confirmed) this.#inFlight = undefined;
      });
    return { peers, confirmed };
  }

  *#channels(): Generator<string> {
    for (const peer of this.#watches.names()) yield feedChannel(peer);
  }

  #notify(peer: PeerId, text: string): void {
    if (!this.#watches.has(peer)) return;
    const change = parseChange(peer, text);
    if (change === undefined) return;
    for (const listener of this.#changeListeners) listener(change);
  }
}
