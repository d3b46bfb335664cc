import { openEngines, type Engines, type RedisOptions } from '@white-rabbit/cluster';
import { randomBytes } from 'node:crypto';
import type { NodeId } from '@white-rabbit/signaling';

/** Opens a cluster's engines under a name of their own, which no gateway has and which takes no lease. */
export async function openCluster(redis: RedisOptions): Promise<{ readonly self: NodeId; readonly engines: Engines }> {
  const self = `a${randomBytes(9).toString('base64url')}` as NodeId;
  return { self, engines: await openEngines({ node: self, redis }) };
}
