import type { Drill } from '../drill.js';
import type { DrillSite } from '../drill-site.js';

const killRedis = (site: DrillSite) => site.faults.redis.kill();
const redisIsBack = (site: DrillSite) => site.faults.redis.restartEmpty();

/** Redis that is away, slow or does not deliver. */
export const REDIS_DRILLS: readonly Drill[] = [
  {
    alert: 'WrNoNodeReady',
    fault: 'Redis is killed',
    isShort: true,
    inject: killRedis,
    shows: [
      ['wr_gateways', /gateway-1 running/, /gateway-2 running/],
      ['readyz', /"cluster":"(?:down|unreachable)"/],
      ['cluster status', /Redis/i],
      ['wr_redis ping', /Connection refused/],
    ],
    fails: ['cluster status', 'wr_redis ping'],
    repair: redisIsBack,
  },
  {
    alert: 'WrClusterDown',
    fault: 'Redis is killed',
    isShort: true,
    inject: killRedis,
    shows: [
      ['wr_log', /"event":"cluster_down".*"code":"ECONNREFUSED"/],
      ['wr_redis ping', /Connection refused/],
    ],
    fails: ['cluster status', 'wr_redis'],
    repair: redisIsBack,
  },
];
