import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ClusterNode } from '@white-rabbit/cluster';
import { Calls, Hub } from '@white-rabbit/signaling';
import { Metrics } from '../telemetry/metrics/metrics.js';
import { RegistrationMetrics } from '../telemetry/metrics/registration-metrics.js';
import { Connections } from '../transport/connections.js';
import { Health } from './health.js';

/** The state that the gateway holds for its clients, read at each scrape. */
@Injectable()
export class ClientGauges implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly registrations: RegistrationMetrics,
    private readonly connections: Connections,
    private readonly hub: Hub,
    private readonly calls: Calls,
  ) {}

  onModuleInit(): void {
    const { metrics, registrations, connections, hub, calls } = this;
    metrics.gauge('wr_sessions', () => hub.size);
    metrics.gauge('wr_connections', () => connections.open);
    metrics.gauge('wr_connections_limit', () => connections.limit);
    metrics.gauge('wr_unregistered_connections', () => connections.unregistered);
    metrics.gauge('wr_registers_in_flight', () => registrations.inFlight);
    metrics.gauge('wr_inbox_frames', () => connections.waitingFrames);
    metrics.gauge('wr_outgoing_bytes', () => connections.outgoingBytes);
    metrics.gauge('wr_calls', () => calls.size);
    metrics.gauge('wr_call_ends_pending', () => calls.pendingEnds);
  }
}

/** The state of this node and of its back ends, read at each scrape. */
@Injectable()
export class ClusterGauges implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly cluster: ClusterNode,
    private readonly health: Health,
  ) {}

  onModuleInit(): void {
    this.#showNode();
    this.#showMessages();
    this.#countBackEnds();
  }

  #showNode(): void {
    const { metrics, cluster, health } = this;
    const { version, region, node, pod = '' } = health.report();
    metrics.info('wr_build_info', { version, nodejs: process.versions.node, region, node, pod });
    metrics.gauge('wr_ready', () => Number(health.report().ready));
    metrics.gauge('wr_draining', () => Number(health.report().state === 'draining'));
    metrics.gauge('wr_cluster_joined', () => Number(cluster.isReachable()));
    metrics.gauge('wr_cluster_unreachable', () => Number(cluster.state === 'unreachable'));
    metrics.gauge('wr_bus_probe_seconds', () => seconds(cluster.lease.probeLagMs));
    metrics.gauge('wr_routes', () => cluster.routes.size);
    metrics.gauge('wr_route_releases_pending', () => cluster.routes.pendingReleases);
    metrics.gauge('wr_watched_peers', () => cluster.presence.size);
    cluster.presence.onChange(({ status }) => {
      metrics.presence.count(status);
    });
    cluster.detector.onDead(() => {
      metrics.nodesDead.count();
    });
  }

  #showMessages(): void {
    const { metrics, cluster } = this;
    const { rpc } = cluster;
    metrics.gauge('wr_node_requests_pending', () => rpc.pending);
    metrics.gauge('wr_node_messages_queued', () => rpc.queued);
    metrics.counter('wr_bus_ignored_total', () => rpc.ignored);
    metrics.counter('wr_bus_lost_total', () => rpc.lost);
  }

  #countBackEnds(): void {
    const { metrics, cluster } = this;
    const { engines } = cluster;
    const unreachable = () => [...engines.regions().values()].filter((reach) => reach !== 'reachable').length;
    metrics.gauge('wr_regions_unreachable', unreachable);
    metrics.gauge('wr_redis_up', () => Number(engines.isUp()));
    engines.onCall((operation, durationMs, isAnswered) => {
      metrics.redisCalls.note(durationMs, operation);
      if (!isAnswered) metrics.redisErrors.count(operation);
    });
  }
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
