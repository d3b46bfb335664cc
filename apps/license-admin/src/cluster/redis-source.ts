import type { Engines, LivingNode, NodeRegistry } from '@white-rabbit/cluster';
import { Unavailable } from '@white-rabbit/cluster';
import { databaseProblems } from './cluster-status.js';
import type { BackEnd, ClusterStatus, GatewayStatus, StatusSource } from './cluster-status.js';
import type { DatabaseProbe } from './database-probe.js';

/** Reads the status of a cluster from what its gateways leave in Redis, and asks both back ends itself. */
export class RedisSource implements StatusSource {
  constructor(
    private readonly engines: Engines,
    private readonly database: DatabaseProbe,
  ) {}

  async look(): Promise<ClusterStatus> {
    const [found, database] = await Promise.all([livingNodes(this.engines.registry), this.database.ask()]);
    const gateways = found.nodes.map(statusOf);
    const isUp = found.problem === undefined;
    return {
      redis: isUp ? await pinged(this.engines) : { state: 'down' },
      database,
      gateways,
      problems: [
        ...(isUp ? [] : [found.problem]),
        ...(isUp && gateways.length === 0 ? [NOBODY] : []),
        ...(database.state === 'down' ? ['The license database of DATABASE_URL does not answer.'] : []),
        ...databaseProblems(gateways),
      ],
    };
  }

  async close(): Promise<void> {
    this.engines.close();
    await this.database.close();
  }
}

const NOBODY = 'No gateway lives in this Redis. Is it the one that they are given?';

interface Found {
  readonly nodes: readonly LivingNode[];
  readonly problem?: string;
}

async function livingNodes(registry: NodeRegistry): Promise<Found> {
  try {
    return { nodes: await registry.reports() };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return { nodes: [], problem: `${error.message} What the gateways do is not known; ask one with --admin URL.` };
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
