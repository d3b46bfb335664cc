import type { NodeId } from '@white-rabbit/signaling';
import { NodeRegistry } from '../node-registry.js';
import type { LivingNode, NodeReport } from '../node-report.js';
import { GRACE_MS, type RemoteRegion } from './remote-region.js';
import type { RemoteRegions } from './remote-regions.js';

/** Nodes remembered for one region; more are forgotten together. */
const REMEMBERED_NODES = 10_000;

/**
 * Leases in the local region, and checks of leases in remote ones. A remote region that does not answer is never an
 * outage of this one.
 */
export class RegionalNodeRegistry extends NodeRegistry {
  /** Whether a node was running when its region last answered. */
  readonly #seen = new Map<RemoteRegion, Map<NodeId, boolean>>();

  constructor(
    private readonly local: NodeRegistry,
    private readonly remotes: RemoteRegions,
  ) {
    super();
    for (const remote of remotes.all) this.#seen.set(remote, new Map());
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

  /**
   * Nodes of a doubtful region count as running unless they were dead when it last answered; of a lost region, none.
   */
  override async alive(nodes: readonly NodeId[]): Promise<ReadonlySet<NodeId>> {
    const near = nodes.filter((node) => this.remotes.of(node) === undefined);
    const elsewhere = [...this.#seen].map(([remote, seen]) => {
      const asked = nodes.filter((node) => this.remotes.of(node) === remote);
      return asked.length === 0 ? [] : look(remote, seen, asked);
    });
    const [home, ...others] = await Promise.all([this.local.alive(near), ...elsewhere]);
    return new Set([...home, ...others.flat()]);
  }

  /** Of this region. */
  override reports(): Promise<readonly LivingNode[]> {
    return this.local.reports();
  }
}

async function look(remote: RemoteRegion, seen: Map<NodeId, boolean>, asked: readonly NodeId[]): Promise<NodeId[]> {
  const answer = await remote.request(({ registry }) => registry.alive(asked));
  if (remote.reach === 'lost') {
    seen.clear();
    return [];
  }
  if (answer === undefined) return asked.filter((node) => seen.get(node) !== false);
  const isExcused = remote.backForMs < GRACE_MS;
  if (seen.size >= REMEMBERED_NODES) seen.clear();
  for (const node of asked) seen.set(node, answer.has(node) || (isExcused && seen.get(node) === true));
  return asked.filter((node) => seen.get(node));
}
