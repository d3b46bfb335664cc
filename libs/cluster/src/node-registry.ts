import type { NodeId } from '@white-rabbit/signaling';
import type { LivingNode, NodeReport } from './node-report.js';

/** A node is regarded as running for this long after its last renewal. */
export const NODE_LEASE_MS = 10_000;

/**
 * What the registry knows of a node: if it is running, the instances of the route store on which all its routes are
 * claimed, as `RouteStore.instanceOf` names them. `missing`: it has no lease. `gone`: its region has been silent for as
 * long as a lease lasts.
 */
export type LeaseState = ReadonlySet<string> | 'missing' | 'gone';

/** Whether the node has a lease. */
export function isRunning(lease: LeaseState | undefined): lease is ReadonlySet<string> {
  return typeof lease === 'object';
}

/**
 * The leases of the gateways. A node whose lease has expired (10 s after the last renewal) does not exist. Methods
 * reject with `Unavailable` if the back end does not answer within 1.5 s.
 */
export abstract class NodeRegistry {
  /**
   * Claims the lease of this node's own id. `report`: the state of the node, for people. `claimed`: the instances on
   * which all its routes are claimed. Both expire with the lease.
   */
  abstract join(node: NodeId, report?: NodeReport, claimed?: readonly string[]): Promise<void>;
  /**
   * Renews the lease. `false`: it had expired, and other nodes may have regarded this node as dead; it is claimed
   * again.
   */
  abstract renew(node: NodeId, report?: NodeReport, claimed?: readonly string[]): Promise<boolean>;
  abstract leave(node: NodeId): Promise<void>;
  /** The leases of these nodes. A node is absent if the part of the registry that has its lease did not answer. */
  abstract leases(nodes: readonly NodeId[]): Promise<ReadonlyMap<NodeId, LeaseState>>;
  /** The instance that has the lease of this node; `undefined` if it is not connected. Another one may have lost it. */
  abstract instanceOf(node: NodeId): string | undefined;
  /**
   * All running nodes and their latest reports, in the order of their names. For people: a node that has just joined
   * or recovered may be missing for the 3 s until its next renewal.
   */
  abstract reports(): Promise<readonly LivingNode[]>;
}
