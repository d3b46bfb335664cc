import type { SessionId } from '@white-rabbit/protocol';
import type { NodeId } from '@white-rabbit/signaling';

/** What a node stores about one peer that its sessions watch. There may be 200,000, so it is as small as possible. */
export class WatchedPeer {
  /** Number of its watches. */
  watchers = 0;
  /** The node of its route, whether or not that node is running. */
  node: NodeId | undefined = undefined;
  session: SessionId | undefined = undefined;
  /** The last reported status. */
  isOnline = false;
  /** Whether it was read. Nothing is reported before. */
  isReady = false;

  /** @param changedAt Number of the change that was the last to come in when this one did: older reads do not count. */
  constructor(public changedAt: number) {}
}
