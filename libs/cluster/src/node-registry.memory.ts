import type { NodeId } from './ids.js';
import type { MemoryRegion } from './memory-region.js';
import { NODE_LEASE_MS, NodeRegistry } from './node-registry.js';

/** The node leases of a region in memory. */
export class MemoryNodeRegistry extends NodeRegistry {
  constructor(private readonly region: MemoryRegion) {
    super();
  }

  override join(node: NodeId): Promise<void> {
    return this.region.answer(() => {
      this.region.setLease(node, NODE_LEASE_MS);
    });
  }

  override renew(node: NodeId): Promise<boolean> {
    return this.region.answer(() => {
      const lived = this.region.lives(node);
      this.region.setLease(node, NODE_LEASE_MS);
      return lived;
    });
  }

  override leave(node: NodeId): Promise<void> {
    return this.region.answer(() => {
      this.region.deleteLease(node);
    });
  }

  override alive(nodes: readonly NodeId[]): Promise<ReadonlySet<NodeId>> {
    return this.region.answer(() => {
      return new Set(nodes.filter((node) => this.region.lives(node)));
    });
  }
}
