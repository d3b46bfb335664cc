import type { NodeId } from '@white-rabbit/signaling';
import type { LivingNode, NodeReport } from './node-report.js';

/** A node lives this long from its last renewal (ARCHITECTURE.md, section 4). */
export const NODE_LEASE_MS = 10_000;

/**
 * The leases of the gateways. A node past its lease (10 s from the last renewal) does not exist.
 * Methods reject with `Unavailable` when the back end does not answer within 1.5 s.
 */
export abstract class NodeRegistry {
  /** Takes the lease of this node's own id. `report`: what it tells of itself, for people; it lives as long as the lease. */
  abstract join(node: NodeId, report?: NodeReport): Promise<void>;
  /** Prolongs it. `false`: it had run out meanwhile, others may have given this node up; it is taken again. */
  abstract renew(node: NodeId, report?: NodeReport): Promise<boolean>;
  abstract leave(node: NodeId): Promise<void>;
  /** Those of the given nodes that live. */
  abstract alive(nodes: readonly NodeId[]): Promise<ReadonlySet<NodeId>>;
  /**
   * All nodes that live and what they last told, in the order of their names. For people: a node that joined or came
   * back just now may be missing for the 3 s until its next renewal.
   */
  abstract reports(): Promise<readonly LivingNode[]>;
}
