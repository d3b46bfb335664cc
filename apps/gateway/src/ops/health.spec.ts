import { describe, expect, it } from '@jest/globals';
import { HealthController } from './health.controller.js';
import { Health, type HealthReport } from './health.js';

const CLUSTER: HealthReport['cluster'][] = ['joined', 'deaf', 'down'];
const STATES: HealthReport['state'][] = ['starting', 'serving', 'draining'];

function healthIn(state: HealthReport['state'], cluster: HealthReport['cluster']): Health {
  const health = new Health(
    () => cluster,
    () => 7,
  );
  if (state !== 'starting') health.serving();
  if (state === 'draining') health.draining();
  return health;
}

describe.each(STATES)('A gateway that is %s', (state) => {
  it.each(CLUSTER)('and whose cluster is %s', (cluster) => {
    const ready = state === 'serving' && cluster === 'joined';
    expect(healthIn(state, cluster).report()).toEqual({ ready, state, cluster, sessions: 7 });
    const codes: number[] = [];
    const controller = new HealthController(healthIn(state, cluster));
    expect(controller.ready({ status: (code) => codes.push(code) })).toMatchObject({ ready });
    expect(codes).toEqual([ready ? 200 : 503]);
    expect(controller.live()).toEqual({ status: 'ok' });
  });
});
