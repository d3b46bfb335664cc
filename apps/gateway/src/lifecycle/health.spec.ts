import { describe, expect, it } from '@jest/globals';
import type { ClusterNode, NodePhase, NodeState } from '@white-rabbit/cluster';
import type { Hub } from '@white-rabbit/signaling';
import { GATEWAY_VERSION } from '../gateway-version.js';
import type { Connections } from '../transport/connections.js';
import type { DatabaseHealth } from '../telemetry/database-health.js';
import { Metrics } from '../telemetry/metrics/metrics.js';
import { AdminController } from './admin.controller.js';
import { Health } from './health.js';

const CLUSTER: NodeState[] = ['joined', 'unreachable', 'down'];
const STATES: NodePhase[] = ['starting', 'serving', 'full', 'draining'];
/** The health report of a gateway in that state. Contains only the parts that `Health` reads. */
function healthIn(state: NodePhase, cluster: NodeState): Health {
  const node = { self: 'node-self', state: cluster, engines: { kind: 'memory' } } as unknown as ClusterNode;
  const database = { state: 'down' } as DatabaseHealth;
  const connections = { open: 9, isNearlyFull: state !== 'serving' } as Connections;
  const health = new Health(node, database, { size: 7 } as Hub, connections, { region: 'eu', pod: 'gateway-7d9f' });
  if (state !== 'starting') health.serving();
  if (state === 'draining') health.draining();
  return health;
}

const COUNTS = {
  region: 'eu',
  version: GATEWAY_VERSION,
  pod: 'gateway-7d9f',
  uptimeSeconds: expect.any(Number),
  sessions: 7,
  connections: 9,
  database: 'down',
};

describe.each(STATES)('A gateway in state %s', (state) => {
  it.each(CLUSTER)('reports its readiness if the state of its cluster is %s', (cluster) => {
    const ready = state === 'serving' && cluster === 'joined';
    const health = healthIn(state, cluster);
    expect(health.report()).toEqual({ ready, state, cluster, node: 'node-self', ...COUNTS });
    expect(health.nodeReport()).toEqual({ state, ...COUNTS });
    const codes: number[] = [];
    const controller = new AdminController(health, new Metrics());
    expect(controller.ready({ status: (code) => codes.push(code) })).toMatchObject({ ready });
    expect(codes).toEqual([ready ? 200 : 503]);
    expect(controller.live()).toEqual({ status: 'ok' });
  });
});
