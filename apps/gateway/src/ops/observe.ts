import type { NodeParts } from '../node/node-parts.js';
import type { Metrics } from './metrics.js';

/** Shows the numbers that the parts keep anyway. */
export function observe(metrics: Metrics, parts: NodeParts): void {
  const { hub, connections, lease, reachability, routes, presence } = parts;
  metrics.gauge('wr_sessions', 'Registered connections', () => hub.size);
  metrics.gauge('wr_connections', 'Open sockets', () => connections.open);
  metrics.gauge('wr_unregistered_connections', 'Open sockets that have not registered', () => connections.unregistered);
  metrics.gauge('wr_watched_peers', 'Peers watched by any session here', () => presence.size);
  metrics.gauge('wr_routes', 'Routes held', () => routes.size);
  metrics.gauge('wr_routes_owed', 'Routes to be released once the store is back', () => routes.owing);
  metrics.gauge('wr_cluster_joined', '1 while this node and others can reach each other', () =>
    reachability.isReachable() ? 1 : 0,
  );
  metrics.gauge('wr_bus_probe_seconds', 'How long the last probe took through the bus', () =>
    lease.probeLagMs === undefined ? undefined : lease.probeLagMs / 1000,
  );
}
