import type { PeerId, Status } from '@white-rabbit/protocol';

/** The source of presence. The cluster's presence feed implements it. */
export interface PresenceSource {
  /**
   * Starts to follow the peers. Watches are counted: a peer that is watched twice needs two calls of unwatch. When the
   * promise resolves, `status` of each peer is correct, and each later change is reported to `Contacts.changed` in the
   * same synchronous step in which `status` starts to return it. If it rejects, nothing is counted.
   */
  watch(peers: readonly PeerId[]): Promise<void>;
  unwatch(peers: readonly PeerId[]): void;
  /** The current status of a watched peer. */
  status(peer: PeerId): Status;
}
