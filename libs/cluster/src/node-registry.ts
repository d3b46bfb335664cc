import type { NodeId } from './ids.js';

/** A node lives this long from its last renewal (ARCHITECTURE.md, section 4). */
export const NODE_LEASE_MS = 10_000;

/**
 * The leases of the gateways. A node past its lease (10 s from the last renewal) does not exist.
 * Methods reject with `Unavailable` when the back end does not answer within 1.5 s.
 */
export abstract class NodeRegistry {
  /** Takes the lease of this node's own id. */
  abstract join(node: NodeId): Promise<void>;
  /** Prolongs it. `false`: it had run out meanwhile, others may have given this node up; it is taken again. */
  abstract renew(node: NodeId): Promise<boolean>;
  abstract leave(node: NodeId): Promise<void>;
  /** Those of the given nodes that live. */
  abstract alive(nodes: readonly NodeId[]): Promise<ReadonlySet<NodeId>>;
}
