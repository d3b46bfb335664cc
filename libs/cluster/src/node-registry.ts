import type { NodeId } from '@white-rabbit/signaling';
import type { LivingNode, NodeReport } from './node-report.js';

/** A node is regarded as running for this long after its last renewal. */
export const NODE_LEASE_MS = 10_000;

/**
 * The leases of the gateways. A node whose lease has expired (10 s after the last renewal) does not exist. Methods
 * reject with `Unavailable` if the back end does not answer within 1.5 s.
 */
export abstract class NodeRegistry {
  /**
   * Claims the lease of this node's own id. `report`: the state of the node, for people; it expires with the lease.
   */
  abstract join(node: NodeId, report?: NodeReport): Promise<void>;
  /**
   * Renews the lease. `false`: it had expired, and other nodes may have regarded this node as dead; it is claimed
   * again.
   */
  abstract renew(node: NodeId, report?: NodeReport): Promise<boolean>;
  abstract leave(node: NodeId): Promise<void>;
  /** Those of the given nodes that are running. */
  abstract alive(nodes: readonly NodeId[]): Promise<ReadonlySet<NodeId>>;
  /**
   * All running nodes and their latest reports, in the order of their names. For people: a node that has just joined
   * or recovered may be missing for the 3 s until its next renewal.
   */
  abstract reports(): Promise<readonly LivingNode[]>;
}
