import type { PeerId } from '@white-rabbit/protocol';
import type { Contact } from '../state/session.js';

/** The source of presence, with one record for each watched peer. The cluster's presence view implements it. */
export interface PresenceSource {
  /**
   * Starts to follow the peers, and resolves with their records, in the same order. Watches are counted: a peer that is
   * watched twice needs to be unwatched twice. When the promise resolves, each status is correct, and each later change is
   * reported to `Contacts.changed` in the same synchronous step in which the record has it. If it rejects, nothing is
   * counted.
   */
  watch(peers: readonly PeerId[]): Promise<readonly Contact[]>;
  /** Ends one watch of each of these records. The source forgets a record without watches. */
  unwatch(contacts: readonly Contact[]): void;
  /** The record of a watched peer. */
  get(peer: PeerId): Contact | undefined;
}
