import { Unavailable } from '@white-rabbit/signaling';
import type { Engines, LivingNode, NodeRegistry } from '@white-rabbit/cluster';
import {
  databaseProblems,
  type BackEnd,
  type ClusterStatus,
  type GatewayStatus,
  type StatusSource,
} from './cluster-status.js';
import type { DatabaseProbe } from './database-probe.js';
import { redisSentence } from './open-cluster.js';

/** Reads the status of a cluster from what its gateways leave in Redis, and asks both back ends itself. */
export class RedisSource implements StatusSource {
  constructor(
    private readonly engines: Engines,
    private readonly database: DatabaseProbe,
  ) {}

  async look(): Promise<ClusterStatus> {
    const [living, database] = await Promise.all([livingNodes(this.engines.registry), this.database.ask()]);
    const gateways = living?.map(statusOf);
    return {
      redis: gateways === undefined ? { state: 'down' } : await pinged(this.engines),
      database,
      gateways,
      problems: [
        ...(gateways === undefined ? [`${redisSentence(this.engines.trouble())} ${BLIND}`] : []),
        ...(gateways?.length === 0 ? [NOBODY] : []),
        ...(database.state === 'down' ? ['The license database of DATABASE_URL does not answer.'] : []),
        ...databaseProblems(gateways ?? []),
      ],
    };
  }

  async close(): Promise<void> {
    this.engines.close();
    await this.database.close();
  }
}

const NOBODY = 'No gateway lives in this Redis. Is it the one that they are given?';
const BLIND = 'What the gateways do is not known: ask one of them with --admin URL.';

/** `undefined` where Redis does not say. */
async function livingNodes(registry: NodeRegistry): Promise<readonly LivingNode[] | undefined> {
  try {
    return await registry.reports();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return undefined;
  }
}

async function pinged({ redis }: Engines): Promise<BackEnd> {
  const start = performance.now();
  try {
    await redis?.ping();
    return { state: 'up', ms: performance.now() - start };
  } catch {
    return { state: 'down' };
  }
}

function statusOf({ node, leaseAgeMs, report }: LivingNode): GatewayStatus {
  return { node, leaseAgeMs, ...(report && { report }) };
}
