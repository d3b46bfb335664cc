import { describe, expect, it } from '@jest/globals';
import type { NodePhase, NodeReport, NodeState } from '@white-rabbit/cluster';
import { HealthController } from './health.controller.js';
import { Health } from './health.js';

const CLUSTER: NodeState[] = ['joined', 'deaf', 'down'];
const STATES: NodePhase[] = ['starting', 'serving', 'full', 'draining'];
const COUNTS: Omit<NodeReport, 'state'> = {
  region: 'eu',
  version: '1.2.3',
  pod: 'gateway-7d9f',
  uptimeSeconds: 5,
  sessions: 7,
  connections: 9,
  database: 'down',
};

function healthIn(state: NodePhase, cluster: NodeState): Health {
  const health = new Health({
    node: 'node-self',
    cluster: () => cluster,
    isFull: () => state !== 'serving',
    counts: () => COUNTS,
  });
  if (state !== 'starting') health.serving();
  if (state === 'draining') health.draining();
  return health;
}

describe.each(STATES)('A gateway that is %s', (state) => {
  it.each(CLUSTER)('and whose cluster is %s', (cluster) => {
    const ready = state === 'serving' && cluster === 'joined';
    const health = healthIn(state, cluster);
    expect(health.report()).toEqual({ ready, state, cluster, node: 'node-self', ...COUNTS });
    expect(health.nodeReport()).toEqual({ state, ...COUNTS });
    const codes: number[] = [];
    const controller = new HealthController(health);
    expect(controller.ready({ status: (code) => codes.push(code) })).toMatchObject({ ready });
    expect(codes).toEqual([ready ? 200 : 503]);
    expect(controller.live()).toEqual({ status: 'ok' });
  });
});
