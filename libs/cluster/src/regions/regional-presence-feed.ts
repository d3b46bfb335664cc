import type { PeerId } from '@white-rabbit/protocol';
import { isSameSession, type PresenceChange } from '../route-store.js';
import { Listeners } from '../listeners.js';
import { PresenceFeed, type Shards } from '../presence-feed.js';
import { shardOf } from '../shards.js';
import type { RouteCache } from './route-cache.js';
import { isNewer } from './newest-route.js';
import type { RemoteRegion } from './remote-region.js';
import type { RemoteRegions } from './remote-regions.js';

/**
 * The feeds of all regions as one. Each is in order by itself, but not with the others; so a change is reported as it
 * comes only if it clearly follows from the known state: a newer claim in its own region, or the end of the known
 * route. After any other change (an older claim, a copy, the end of another route) the peer must be read again.
 *
 * A remote region's gap is no gap of this feed: its peers are read here, and local peers are not affected.
 */
export class RegionalPresenceFeed extends PresenceFeed {
  readonly #listeners = new Listeners<[PresenceChange]>();
  readonly #unclear = new Listeners<[readonly PeerId[]]>();

  constructor(
    private readonly local: PresenceFeed,
    private readonly remotes: RemoteRegions,
    private readonly known: RouteCache,
  ) {
    super();
    local.onChange((change) => {
      this.#take(undefined, change);
    });
    for (const remote of remotes.all) this.#follow(remote);
  }

  override watch(peers: readonly PeerId[]): void {
    this.known.watch(peers);
  }

  override unwatch(peers: readonly PeerId[]): void {
    this.known.unwatch(peers);
  }

  override onChange(listener: (change: PresenceChange) => void): void {
    this.#listeners.add(listener);
  }

  override onGap(listener: (shards: Shards) => void): void {
    this.local.onGap(listener);
  }

  override onConflict(listener: (peers: readonly PeerId[]) => void): void {
    this.#unclear.add(listener);
  }

  #follow(remote: RemoteRegion): void {
    const { feed } = remote.engines;
    feed.onChange((change) => {
      this.#take(remote, change);
    });
    feed.onGap((shards) => {
      this.known.leaveOpen(this.known.watched().filter((peer) => shards.has(shardOf(peer))));
      this.#readOpen();
    });
    remote.onBack(() => {
      this.#readOpen();
    });
  }

  /** Peers whose status may be wrong. */
  #readOpen(): void {
    this.#unclear.notify(this.known.takeOpen());
  }

  #take(region: RemoteRegion | undefined, change: PresenceChange): void {
    const { peer } = change;
    if (!this.known.isWatched(peer)) return;
    if (!this.#isPlain(region, change)) {
      this.#unclear.notify([peer]);
      return;
    }
    this.known.note(peer, change.status === 'ONLINE' ? change : undefined);
    this.#listeners.notify(change);
  }

  #isPlain(region: RemoteRegion | undefined, change: PresenceChange): boolean {
    const last = this.known.get(change.peer);
    if (change.status === 'OFFLINE') return last?.epoch === change.epoch && this.remotes.of(last.node) === region;
    if (this.remotes.of(change.node) !== region) return false;
    return last === undefined || isSameSession(change, last) || isNewer(change, last);
  }
}
