import type { PeerId, Status } from '@white-rabbit/protocol';

/** Where presence comes from. The cluster's view of it fits. */
export interface PresenceSource {
  /**
   * Starts to follow the peers; counted, so a second watch wants a second unwatch. When it resolves, `status` of each
   * is right, and each later change is told to `Contacts.changed` in the same synchronous step in which `status`
   * starts to answer it. Where it rejects, nothing is counted.
   */
  watch(peers: readonly PeerId[]): Promise<void>;
  unwatch(peers: readonly PeerId[]): void;
  /** What is known of a watched peer now. */
  status(peer: PeerId): Status;
}
