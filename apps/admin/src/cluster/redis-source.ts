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

/** Reads the reports of the gateways from Redis and pings Redis and PostgreSQL. */
export class RedisSource implements StatusSource {
  constructor(
    private readonly engines: Engines,
    private readonly database: DatabaseProbe,
  ) {}

  async look(): Promise<ClusterStatus> {
    const [running, database] = await Promise.all([livingNodes(this.engines.registry), this.database.ping()]);
    const gateways = running?.map(statusOf);
    return {
      redis: gateways === undefined ? { state: 'down' } : await pinged(this.engines),
      database,
      gateways,
      problems: [
        ...(gateways === undefined ? [`${redisSentence(this.engines.trouble())} ${UNKNOWN_STATE}`] : []),
        ...(gateways?.length === 0 ? [NO_GATEWAY] : []),
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

const NO_GATEWAY = 'No gateway is running in this Redis. Check that the gateways use the same address.';
const UNKNOWN_STATE = 'The state of the gateways is unknown: query one of them with --admin URL.';

/** `undefined` if Redis does not respond. */
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
