import type { NodeId } from './ids.js';
import { NODE_LEASE_MS, NodeRegistry } from './node-registry.js';
import { getMany } from './redis/get-many.js';
import { nodeKey } from './redis/keys.js';
import type { RedisLink } from './redis/redis-link.js';

/** The node leases of a region in Redis: a key that runs out for each node. */
export class RedisNodeRegistry extends NodeRegistry {
  constructor(private readonly link: RedisLink) {
    super();
  }

  override async join(node: NodeId): Promise<void> {
    await this.link.call('join', (client) => client.set(nodeKey(node), '1', 'PX', NODE_LEASE_MS));
  }

  override renew(node: NodeId): Promise<boolean> {
    return this.link.call('lease', async (client) => {
      return (await client.set(nodeKey(node), '1', 'PX', NODE_LEASE_MS, 'GET')) !== null;
    });
  }

  override async leave(node: NodeId): Promise<void> {
    await this.link.call('leave', (client) => client.del(nodeKey(node)));
  }

  override async alive(nodes: readonly NodeId[]): Promise<ReadonlySet<NodeId>> {
    const leases = await this.link.call('alive', (client) => getMany(client, nodes.map(nodeKey)));
    return new Set(nodes.filter((_node, index) => leases[index] !== null));
  }
}
