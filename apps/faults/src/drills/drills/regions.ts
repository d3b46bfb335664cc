import { RedisProcess } from '@white-rabbit/testing/redis';
import type { Drill } from '../drill.js';
import type { DrillSite } from '../drill-site.js';

/** The Redis of the other region of each site. */
const others = new WeakMap<DrillSite, RedisProcess>();

/** Another region that is away. */
export const REGION_DRILLS: readonly Drill[] = [
  {
    alert: 'WrRegionUnreachable',
    fault: 'the Redis of another region is killed',
    inject: async (site) => {
      const other = await RedisProcess.start();
      others.set(site, other);
      site.atEnd(() => other.stop());
      const regions = `here=${site.faults.redisProxy.url(site.cluster.redisUrl)},there=${other.url}`;
      await site.slots.rollOut({ env: { ...site.env, WR_REGION: 'here', WR_REGIONS: regions } });
      await other.kill();
    },
    shows: [
      ['wr_regions_unreachable', /^wr_regions_unreachable(?:\{[^}]*\})? 1$/m],
      ['redis-cli', /Connection refused/],
    ],
    fails: ['redis-cli'],
    words: async (site) => {
      const url = new URL(others.get(site)?.url ?? '');
      // The Redis of a drill has no TLS.
      return Promise.resolve({ 'rediss://OTHER_REGION': `redis://${url.host}` });
    },
    repair: async (site) => others.get(site)?.restartEmpty(),
  },
];
