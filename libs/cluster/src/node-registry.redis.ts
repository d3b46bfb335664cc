import type { NodeId } from '@white-rabbit/signaling';
import { type LeaseState, NODE_LEASE_MS, NodeRegistry } from './node-registry.js';
import { formatLease, parseClaimed, parseReport, type LivingNode, type NodeReport } from './node-report.js';
import { getAnswered } from './redis/get-many.js';
import { NODES_KEY, nodeKey } from './redis/keys.js';
import type { RedisClient } from './redis/redis-client.js';
import type { RedisLink } from './redis/redis-link.js';
import { Script } from './redis/script.js';

const INDEX = new Script('index-node.lua');

/**
 * The node leases of a region in Redis: for each node a key that expires, with its report as the value, and an index
 * of the names. The two are in different slots of a Redis cluster, so they are written separately, not atomically.
 * Only the lease decides whether a node is running; the index only lists the keys that `reports` reads.
 */
export class RedisNodeRegistry extends NodeRegistry {
  constructor(private readonly link: RedisLink) {
    super();
  }

  override async join(node: NodeId, report?: NodeReport, claimed?: readonly string[]): Promise<void> {
    const text = formatLease(report, claimed);
    const lease = this.link.call('join', (client) => client.set(nodeKey(node), text, 'PX', NODE_LEASE_MS));
    await Promise.all([lease, this.#index(node)]);
  }

  override async renew(node: NodeId, report?: NodeReport, claimed?: readonly string[]): Promise<boolean> {
    const text = formatLease(report, claimed);
    const lease = this.link.call('lease', (client) => client.set(nodeKey(node), text, 'PX', NODE_LEASE_MS, 'GET'));
    void this.#index(node);
    return (await lease) !== null;
  }

  override async leave(node: NodeId): Promise<void> {
    const lease = this.link.call('leave', (client) => client.del(nodeKey(node)));
    const index = this.link.call('leave', (client) => client.zrem(NODES_KEY, node));
    await Promise.all([lease, index]);
  }

  override async leases(nodes: readonly NodeId[]): Promise<ReadonlyMap<NodeId, LeaseState>> {
    if (nodes.length === 0) return new Map();
    const texts = await this.link.call('alive', (client) => getAnswered(client, nodes.map(nodeKey)));
    const leases = new Map<NodeId, LeaseState>();
    nodes.forEach((node, index) => {
      const text = texts[index];
      if (text !== undefined) leases.set(node, text === null ? 'missing' : parseClaimed(text));
    });
    return leases;
  }

  override instanceOf(node: NodeId): string | undefined {
    return this.link.instanceOf(nodeKey(node));
  }

  override reports(): Promise<readonly LivingNode[]> {
    return this.link.call('reports', async (client) => {
      const names = (await client.zrange(NODES_KEY, 0, '-1')) as NodeId[];
      const nodes = await Promise.all(names.sort().map((node) => read(client, node)));
      return nodes.filter((node) => node !== undefined);
    });
  }

  /** Never rejects: what cannot be written now is written with the next renewal, and does not affect the lease. */
  async #index(node: NodeId): Promise<void> {
    await this.link
      .call('index', (client) => INDEX.run(client, [NODES_KEY], [node, NODE_LEASE_MS]))
      .catch(() => undefined);
  }
}

async function read(client: RedisClient, node: NodeId): Promise<LivingNode | undefined> {
  const [text, leftMs] = await Promise.all([client.get(nodeKey(node)), client.pttl(nodeKey(node))]);
  // The index may contain a node whose lease has just expired.
  if (text === null || leftMs < 0) return undefined;
  return { node, leaseAgeMs: Math.max(0, NODE_LEASE_MS - leftMs), report: parseReport(text) };
}
