import type { PeerId } from '@white-rabbit/protocol';
import type { PresenceChange } from './route-store.js';

/**
 * Changes of the peers that this node watches.
 *
 * - Watches are counted: a peer that is watched twice needs two calls of `unwatch`.
 * - When `watch` resolves, every later change of these peers is reported to the listeners, each once, in order for
 *   each peer.
 * - Changes are missed while the feed is disconnected. Once it is connected and has subscribed everything again it
 *   calls `onGap`: all watched peers must be read again.
 * - `watch` rejects with `Unavailable` if the subscription could not be confirmed within 1.5 s; it is still counted,
 *   and the subscription is made with the next reconnect (followed by `onGap`).
 */
export abstract class PresenceFeed {
  abstract watch(peers: readonly PeerId[]): Promise<void>;
  abstract unwatch(peers: readonly PeerId[]): void;
  abstract onChange(listener: (change: PresenceChange) => void): void;
  abstract onGap(listener: () => void): void;

  /** Called with peers whose changes cannot be ordered: they must be read again. Within one region there are none. */
  onConflict(_listener: (peers: readonly PeerId[]) => void): void {
    // Only if several feeds are combined.
  }
}
