import { Injectable } from '@nestjs/common';
import { ClusterNode, type NodeLease, type NodePhase, type NodeReport, type NodeState } from '@white-rabbit/cluster';
import { Hub } from '@white-rabbit/signaling';
import { NodeConfig } from '../config/slices.js';
import { GATEWAY_VERSION } from '../gateway-version.js';
import { Connections } from '../transport/connections.js';
import { DatabaseHealth } from '../telemetry/database-health.js';

/** The answer of the readiness probe. Contains counts and states, no identities of clients. */
export interface HealthReport extends NodeReport {
  readonly ready: boolean;
  /** The id of this node, new at each start. */
  readonly node: string;
  /** Whether this node and others can reach each other. */
  readonly cluster: NodeState;
}

/**
 * Whether new clients should be sent to this gateway. The database does not count: connected clients lose nothing by
 * its absence, and all gateways share it.
 */
@Injectable()
export class Health {
  #phase: Exclude<NodePhase, 'full'> = 'starting';

  constructor(
    private readonly cluster: ClusterNode,
    private readonly database: DatabaseHealth,
    private readonly hub: Hub,
    private readonly connections: Connections,
    private readonly config: NodeConfig,
  ) {}

  serving(): void {
    this.#phase = 'serving';
  }

  draining(): void {
    this.#phase = 'draining';
  }

  /** Whether new clients should be sent to this gateway. */
  get isReady(): boolean {
    return this.#state() === 'serving' && this.cluster.state === 'joined';
  }

  report(): HealthReport {
    return { ready: this.isReady, node: this.cluster.self, cluster: this.cluster.state, ...this.nodeReport() };
  }

  /** The part of the report that operators see for every node. */
  nodeReport(): NodeReport {
    const { region, pod } = this.config;
    return {
      state: this.#state(),
      region,
      version: GATEWAY_VERSION,
      ...(pod !== undefined && { pod }),
      uptimeSeconds: Math.floor(process.uptime()),
      sessions: this.hub.size,
      connections: this.connections.open,
      database: this.database.state,
      // A cluster within one process has nothing to measure.
      ...(this.cluster.engines.kind === 'redis' && measured(this.cluster.lease)),
    };
  }

  #state(): NodePhase {
    return this.#phase === 'serving' && this.connections.isNearlyFull ? 'full' : this.#phase;
  }
}

function measured({ probeLagMs, renewalMs }: NodeLease): Pick<NodeReport, 'busLagMs' | 'redisMs'> {
  return {
    ...(probeLagMs !== undefined && { busLagMs: tenths(probeLagMs) }),
    ...(renewalMs !== undefined && { redisMs: tenths(renewalMs) }),
  };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
