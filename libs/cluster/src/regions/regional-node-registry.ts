import type { NodeId } from '@white-rabbit/signaling';
import { type LeaseState, NodeRegistry } from '../node-registry.js';
import type { LivingNode, NodeReport } from '../node-report.js';
import type { RemoteRegion } from './remote-region.js';
import type { RemoteRegions } from './remote-regions.js';

/**
 * Leases in the local region, and checks of leases in remote ones. A remote region that does not answer is never an
 * outage of this one: its nodes are absent from the answer, and `gone` once the region is lost.
 */
export class RegionalNodeRegistry extends NodeRegistry {
  constructor(
    private readonly local: NodeRegistry,
    private readonly remotes: RemoteRegions,
  ) {
    super();
  }

  override join(node: NodeId, report?: NodeReport, claimed?: readonly string[]): Promise<void> {
    return this.local.join(node, report, claimed);
  }

  override renew(node: NodeId, report?: NodeReport, claimed?: readonly string[]): Promise<boolean> {
    return this.local.renew(node, report, claimed);
  }

  override leave(node: NodeId): Promise<void> {
    return this.local.leave(node);
  }

  override async leases(nodes: readonly NodeId[]): Promise<ReadonlyMap<NodeId, LeaseState>> {
    const byRegion = Map.groupBy(nodes, (node) => this.remotes.of(node));
    const answers = [...byRegion].map(([remote, asked]) =>
      remote === undefined ? this.local.leases(asked) : leasesAt(remote, asked),
    );
    return new Map((await Promise.all(answers)).flatMap((leases) => [...leases]));
  }

  override instanceOf(node: NodeId): string | undefined {
    return (this.remotes.of(node)?.engines.registry ?? this.local).instanceOf(node);
  }

  /** Of this region. */
  override reports(): Promise<readonly LivingNode[]> {
    return this.local.reports();
  }
}

async function leasesAt(remote: RemoteRegion, nodes: readonly NodeId[]): Promise<ReadonlyMap<NodeId, LeaseState>> {
  const leases = await remote.request(({ registry }) => registry.leases(nodes));
  if (leases !== undefined) return leases;
  return new Map(remote.reach === 'lost' ? nodes.map((node) => [node, 'gone']) : []);
}
