import type { SessionId } from '@white-rabbit/protocol';
import type { NodeId } from '@white-rabbit/signaling';

/** What a node remembers of one peer that its sessions watch. There may be 200,000, so it is as small as it can be. */
export class WatchedPeer {
  /** Watches of it, counted. */
  watchers = 0;
  /** Where its route says it is, whether or not that node lives. */
  node: NodeId | undefined = undefined;
  session: SessionId | undefined = undefined;
  /** What was told last. */
  isOnline = false;
  /** Whether it is subscribed and was read. Nothing is told before. */
  isReady = false;

  /** @param changedAt Number of the change that was the last to come in when this one did: older reads do not count. */
  constructor(public changedAt: number) {}
}
