import type { NodeId } from '../ids.js';
import { NodeRegistry } from '../node-registry.js';
import type { LivingNode, NodeReport } from '../node-report.js';
import { GRACE_MS } from './remote-region.js';
import type { RemoteRegion } from './remote-region.js';
import type { Remotes } from './remotes.js';

/** Nodes of one region remembered as living; more are forgotten together. */
const REMEMBERED_NODES = 10_000;

/** Leases at home, and a look at those elsewhere. What another region does not answer is never an outage of this one. */
export class RegionalNodeRegistry extends NodeRegistry {
  private readonly living = new Map<RemoteRegion, Set<NodeId>>();

  constructor(
    private readonly local: NodeRegistry,
    private readonly remotes: Remotes,
  ) {
    super();
    for (const remote of remotes.all) this.living.set(remote, new Set());
  }

  override join(node: NodeId, report?: NodeReport): Promise<void> {
    return this.local.join(node, report);
  }

  override renew(node: NodeId, report?: NodeReport): Promise<boolean> {
    return this.local.renew(node, report);
  }

  override leave(node: NodeId): Promise<void> {
    return this.local.leave(node);
  }

  /** Of a region that is doubtful those live that lived when it last answered; of one that is lost, none. */
  override async alive(nodes: readonly NodeId[]): Promise<ReadonlySet<NodeId>> {
    const near = nodes.filter((node) => this.remotes.of(node) === undefined);
    const elsewhere = [...this.living].map(([remote, living]) => {
      const asked = nodes.filter((node) => this.remotes.of(node) === remote);
      return asked.length === 0 ? [] : look(remote, living, asked);
    });
    const [home, ...others] = await Promise.all([this.local.alive(near), ...elsewhere]);
    return new Set([...home, ...others.flat()]);
  }

  /** Of this region. */
  override reports(): Promise<readonly LivingNode[]> {
    return this.local.reports();
  }
}

async function look(remote: RemoteRegion, living: Set<NodeId>, asked: readonly NodeId[]): Promise<readonly NodeId[]> {
  const answer = await remote.ask(({ registry }) => registry.alive(asked));
  if (remote.reach === 'lost') return [];
  if (answer === undefined) return asked.filter((node) => living.has(node));
  const isExcused = remote.backForMs < GRACE_MS;
  if (living.size >= REMEMBERED_NODES) living.clear();
  for (const node of asked) {
    if (answer.has(node)) living.add(node);
    else if (!isExcused) living.delete(node);
  }
  return asked.filter((node) => living.has(node));
}
