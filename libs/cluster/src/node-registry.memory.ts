import type { NodeId } from '@white-rabbit/signaling';
import type { MemoryRegion } from './memory-region.js';
import { NODE_LEASE_MS, NodeRegistry } from './node-registry.js';
import type { LivingNode, NodeReport } from './node-report.js';

/** The node leases of a region in memory. */
export class MemoryNodeRegistry extends NodeRegistry {
  constructor(private readonly region: MemoryRegion) {
    super();
  }

  override join(node: NodeId, report?: NodeReport): Promise<void> {
    return this.region.answer(() => {
      this.region.setLease(node, NODE_LEASE_MS, report);
    });
  }

  override renew(node: NodeId, report?: NodeReport): Promise<boolean> {
    return this.region.answer(() => {
      const wasRunning = this.region.isRunning(node);
      this.region.setLease(node, NODE_LEASE_MS, report);
      return wasRunning;
    });
  }

  override leave(node: NodeId): Promise<void> {
    return this.region.answer(() => {
      this.region.deleteLease(node);
    });
  }

  override alive(nodes: readonly NodeId[]): Promise<ReadonlySet<NodeId>> {
    return this.region.answer(() => {
      return new Set(nodes.filter((node) => this.region.isRunning(node)));
    });
  }

  override reports(): Promise<readonly LivingNode[]> {
    return this.region.answer(() => this.region.livingNodes());
  }
}
