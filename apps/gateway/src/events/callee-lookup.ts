import { Injectable } from '@nestjs/common';
import { ClusterNode } from '@white-rabbit/cluster';
import type { PeerId } from '@white-rabbit/protocol';
import { Hub, Unavailable, type Route } from '@white-rabbit/signaling';

/** The node and session of a callee. */
export type Callee = Pick<Route, 'node' | 'session'>;

/** Finds the session of the callee. */
@Injectable()
export class CalleeLookup {
  constructor(
    private readonly hub: Hub,
    private readonly cluster: ClusterNode,
  ) {}

  /** A peer of this node is found without the cluster, also if the cluster is down. */
  async find(peer: PeerId): Promise<Callee | 'peer_offline' | 'unavailable'> {
    const local = this.hub.ofPeer(peer);
    if (local !== undefined) return { node: this.cluster.self, session: local.id };
    if (!this.cluster.isReachable()) return 'unavailable';
    try {
      return (await this.cluster.directory.locate(peer)) ?? 'peer_offline';
    } catch (error) {
      if (error instanceof Unavailable) return 'unavailable';
      throw error;
    }
  }

  /** Whether the cluster must be asked for this peer. */
  isElsewhere(peer: PeerId): boolean {
    return this.hub.ofPeer(peer) === undefined;
  }

  /** Whether the callee is at this node. */
  isLocal({ node }: Callee): boolean {
    return node === this.cluster.self;
  }
}
