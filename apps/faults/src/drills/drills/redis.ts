import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Drill } from '../drill.js';
import type { DrillSite } from '../drill-site.js';
import { callAcross } from './traffic.js';

const killRedis = (site: DrillSite) => site.faults.redis.kill();
const redisIsBack = (site: DrillSite) => site.faults.redis.restartEmpty();

/** Delays everything between the gateways and Redis by this much, in each direction. */
const slowRedis = (site: DrillSite, ms: number) => {
  site.faults.redisProxy.latency(ms);
};
const fastRedis = async (site: DrillSite) => {
  site.faults.redisProxy.pass();
  return Promise.resolve();
};

/** A connection of an operator to Redis; ended with the repetitions of the site. */
function asOperator(site: DrillSite): Redis {
  const redis = new Redis(site.cluster.redisUrlOf('wr-operator'), { lazyConnect: false });
  redis.on('error', () => undefined);
  site.atEnd(() => {
    redis.disconnect();
  });
  return redis;
}

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
    fault: 'Redis is at its memory limit',
    inject: async (site) => {
      await asOperator(site).config('SET', 'maxmemory', '1mb');
    },
    shows: [
      ['wr_log', /"event":"cluster_down".*"code":"OOM"/],
      ['cluster status', /Redis up/],
      ['wr_redis ping', /PONG/],
      ['info replication', /role:master/],
      ['info memory', /used_memory_human/, /maxmemory_human:1.00M/],
    ],
    // Its exit code reports that a part is down.
    fails: ['cluster status'],
  },
  {
    alert: 'WrNodeUnready',
    fault: 'a gateway gets no answer from Redis',
    inject: async (site) => {
      // The others keep their connections; this one is the only gateway behind the proxy.
      site.faults.redisProxy.blackhole();
      return Promise.resolve();
    },
    site: { gateways: 1 },
    shows: [
      ['readyz', /"cluster":"(?:down|unreachable)"/],
      ['wr_log', /"event":"cluster_down"/],
    ],
    repair: async (site) => {
      site.faults.redisProxy.reset();
      site.faults.redisProxy.pass();
      return Promise.resolve();
    },
  },
  {
    alert: 'WrClusterUnreachable',
    fault: 'the subscriber connections of gateways are closed again and again',
    inject: async (site) => {
      const redis = asOperator(site);
      site.repeat(100, () => redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub'));
      return Promise.resolve();
    },
    shows: [
      ['wr_log', /"event":"cluster_down".*"state":"unreachable"/],
      ['info server', /redis_version:[78]/],
      ['client-output-buffer-limit', /pubsub/],
    ],
  },
  {
    alert: 'WrBusLag',
    fault: 'each message to and from Redis takes 0.3 s',
    inject: async (site) => {
      slowRedis(site, 300);
      return Promise.resolve();
    },
    shows: [
      ['wr_bus_probe_seconds', /^wr_bus_probe_seconds(?:\{[^}]*\})? 0\.[5-9]/m],
      ['latency-history', /\d/],
    ],
    repair: fastRedis,
  },
  {
    alert: 'WrBusIgnored',
    fault: 'another program publishes texts in the channels of the gateways',
    inject: async (site) => {
      const redis = asOperator(site);
      const node = String(site.gateway().logged('listening')[0]?.['node']);
      site.repeat(100, () => redis.spublish(`wr:bus:{${node}}`, 'a text of another program'));
      return Promise.resolve();
    },
    shows: [
      ['wr_bus_ignored_total', /^wr_bus_ignored_total\{[^}]*reason="malformed"[^}]*\} [1-9]/m],
      ['cluster status', /VERSION/],
      ['client list', /name=|addr=/],
    ],
  },
  {
    alert: 'WrLeaseLost',
    fault: 'a gateway is suspended for 12 s',
    inject: async (site) => {
      site.gateway().pause();
      await sleep(12_000);
      site.gateway().resume();
    },
    shows: [
      ['wr_log', /"event":"stalled","seconds":1[1-9]/],
      ['uptime_in_seconds', /uptime_in_seconds:\d+/],
      ['nodejs_eventloop_lag', /^nodejs_eventloop_lag/m],
    ],
  },
  {
    alert: 'WrClaimsLost',
    fault: '30 routes of a gateway are claimed by another one without a message',
    inject: async (site) => {
      await site.sessions(30);
      const redis = asOperator(site);
      const other = String(site.gateway(1).logged('listening')[0]?.['node']);
      for (const key of await redis.keys('wr:route:*'))
        await redis.set(key, `${other} session-elsewhere ${Number.MAX_SAFE_INTEGER}`);
    },
    shows: [
      ['wr_log', /^$/],
      [
        'wr_route_claims_lost_total',
        /^wr_route_claims_lost_total(?:\{[^}]*\})? 30$/m,
        /^wr_cluster_unreachable\b.* 0$/m,
      ],
      ['cluster status', /NODE/],
    ],
    // Neither an outage nor a stall caused it.
    fails: ['wr_log'],
  },
  {
    alert: 'WrRedisErrors',
    fault: 'an answer of Redis takes 2 s',
    inject: async (site) => {
      await site.sessions(5);
      slowRedis(site, 1_000);
      site.repeat(100, () => registerOne(site));
    },
    shows: [
      ['wr_redis_errors_total', /^wr_redis_errors_total\{[^}]*operation="\w+"[^}]*\} [1-9]/m],
      ['info clients', /connected_clients/],
      ['latency histogram', /calls/],
      ['info persistence', /rdb_bgsave_in_progress:0/, /aof_enabled:0/],
    ],
    repair: fastRedis,
  },
  {
    alert: 'WrRedisSlow',
    fault: 'each message to and from Redis takes 0.1 s, while clients register',
    inject: async (site) => {
      slowRedis(site, 100);
      site.repeat(200, () => registerOne(site));
      return Promise.resolve();
    },
    shows: [
      ['info cpu', /used_cpu_user/],
      ['latency-history', /\d/],
      ['client list', /addr=/],
    ],
    repair: fastRedis,
  },
  {
    alert: 'WrHandoverSlow',
    fault: 'each message to and from Redis takes 0.15 s, while clients of two gateways signal',
    inject: async (site) => {
      const signal = await callAcross(site);
      slowRedis(site, 150);
      site.repeat(10, signal);
    },
    shows: [
      ['wr_bus_probe_seconds', /^wr_bus_probe_seconds(?:\{[^}]*\})? 0\.[2-9]/m, /^nodejs_eventloop_lag/m],
      ['latency-history', /\d/],
    ],
    repair: fastRedis,
  },
];

async function registerOne(site: DrillSite): Promise<void> {
  const peer = await site.cluster.connect('client');
  await peer.join().finally(() => peer.close());
}
