import type { PeerId } from '@white-rabbit/protocol';
import type { PresenceChange } from './route-store.js';

/**
 * Changes of the peers that this node watches.
 *
 * - Watches are counted: `watch` twice wants `unwatch` twice.
 * - When `watch` resolves, every later change of these peers is told to the listeners, each once, in order for each peer.
 * - Changes are missed while the feed is disconnected. Once it is connected and has everything subscribed again it
 *   calls `onGap`: whatever is watched has to be read again.
 * - `watch` rejects with `Unavailable` where the subscription could not be confirmed within 1.5 s; the count stands all
 *   the same, and the subscription is made with the next reconnect (followed by `onGap`).
 */
export abstract class PresenceFeed {
  abstract watch(peers: readonly PeerId[]): Promise<void>;
  abstract unwatch(peers: readonly PeerId[]): void;
  abstract onChange(listener: (change: PresenceChange) => void): void;
  abstract onGap(listener: () => void): void;

  /** Told of peers whose changes cannot be put in order: they have to be read again. Within one region there are none. */
  onConflict(_listener: (peers: readonly PeerId[]) => void): void {
    // Only where several feeds are one.
  }
}
