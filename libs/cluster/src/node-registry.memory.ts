import type { NodeId } from '@white-rabbit/signaling';
import type { MemoryRegion } from './memory-region.js';
import { type LeaseState, NODE_LEASE_MS, NodeRegistry } from './node-registry.js';
import type { LivingNode, NodeReport } from './node-report.js';

/** The node leases of a region in memory. */
export class MemoryNodeRegistry extends NodeRegistry {
  constructor(private readonly region: MemoryRegion) {
    super();
  }

  override join(node: NodeId, report?: NodeReport, claimed?: readonly string[]): Promise<void> {
    return this.region.answer(() => {
      this.region.setLease(node, NODE_LEASE_MS, report, claimed);
    });
  }

  override renew(node: NodeId, report?: NodeReport, claimed?: readonly string[]): Promise<boolean> {
    return this.region.answer(() => {
      const wasRunning = this.region.lease(node) !== 'missing';
      this.region.setLease(node, NODE_LEASE_MS, report, claimed);
      return wasRunning;
    });
  }

  override leave(node: NodeId): Promise<void> {
    return this.region.answer(() => {
      this.region.deleteLease(node);
    });
  }

  override leases(nodes: readonly NodeId[]): Promise<ReadonlyMap<NodeId, LeaseState>> {
    return this.region.answer(() => new Map(nodes.map((node) => [node, this.region.lease(node)])));
  }

  override instanceOf(): string | undefined {
    return this.region.instance;
  }

  override reports(): Promise<readonly LivingNode[]> {
    return this.region.answer(() => this.region.livingNodes());
  }
}
