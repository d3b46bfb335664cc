import type { NodeParts } from '../../lifecycle/node-parts.js';
import type { Metrics } from './metrics.js';

/** Shows the numbers that the parts keep anyway, and counts what they tell. */
export function observe(metrics: Metrics, parts: NodeParts, maxConnections: number): void {
  showBuild(metrics, parts);
  showClients(metrics, parts, maxConnections);
  showCluster(metrics, parts);
  showBus(metrics, parts);
  countBackEnds(metrics, parts);
}

function showBuild(metrics: Metrics, { health }: NodeParts): void {
  const { version, region, node, pod = '' } = health.report();
  metrics.info('wr_build_info', { version, nodejs: process.versions.node, region, node, pod });
}

function showClients(metrics: Metrics, parts: NodeParts, maxConnections: number): void {
  const { hub, connections, registers, calls, presence } = parts;
  metrics.gauge('wr_sessions', () => hub.size);
  metrics.gauge('wr_connections', () => connections.open);
  metrics.gauge('wr_connections_limit', () => maxConnections);
  metrics.gauge('wr_unregistered_connections', () => connections.unregistered);
  metrics.gauge('wr_registers_in_flight', () => registers.inFlight);
  metrics.gauge('wr_inbox_frames', () => connections.waitingFrames);
  metrics.gauge('wr_outgoing_bytes', () => connections.outgoingBytes);
  metrics.gauge('wr_calls', () => calls.size);
  metrics.gauge('wr_watched_peers', () => presence.size);
  presence.onChange((_peer, status) => {
    metrics.presence.count(status);
  });
}

function showCluster(metrics: Metrics, { health, reachability, routes, nodes, lease }: NodeParts): void {
  metrics.gauge('wr_ready', () => Number(health.report().ready));
  metrics.gauge('wr_draining', () => Number(health.report().state === 'draining'));
  metrics.gauge('wr_cluster_joined', () => Number(reachability.isReachable()));
  metrics.gauge('wr_cluster_deaf', () => Number(reachability.state === 'deaf'));
  metrics.gauge('wr_bus_probe_seconds', () => (lease.probeLagMs === undefined ? undefined : lease.probeLagMs / 1000));
  metrics.gauge('wr_routes', () => routes.size);
  metrics.gauge('wr_routes_owed', () => routes.owing);
  nodes.onLost(() => {
    metrics.nodesLost.count();
  });
}

function showBus(metrics: Metrics, { calls, rpc, engines, messages }: NodeParts): void {
  metrics.gauge('wr_call_ends_pending', () => calls.pendingEnds);
  metrics.gauge('wr_bus_asks_pending', () => rpc.asking);
  metrics.gauge('wr_bus_outbox_envelopes', () => rpc.waiting);
  metrics.counter('wr_bus_ignored_total', () => ({
    ...engines.ignored(),
    batch: rpc.malformed,
    message: messages.ignored,
  }));
}

function countBackEnds(metrics: Metrics, { engines, licenses }: NodeParts): void {
  metrics.gauge(
    'wr_regions_unreachable',
    () => [...engines.regions().values()].filter((reach) => reach !== 'reachable').length,
  );
  metrics.gauge('wr_redis_up', () => Number(engines.isUp()));
  metrics.gauge('wr_license_queue', () => licenses.waiting);
  engines.onCall((operation, durationMs, isAnswered) => {
    metrics.redisCalls.note(durationMs, operation);
    if (!isAnswered) metrics.redisErrors.count(operation);
  });
}
