import type { Drill } from '../drill.js';
import type { DrillSite } from '../drill-site.js';
import { callAcross, visit } from './traffic.js';

/** Error budgets. */
export const OBJECTIVE_DRILLS: readonly Drill[] = [
  {
    alert: 'WrRegisterErrorBudget',
    severity: 'critical',
    fault: 'Redis is killed while clients register',
    inject: async (site) => {
      for (let n = 0; n < 3; n += 1) site.repeat(100, () => visit(site));
      await site.faults.redis.kill();
    },
    shows: [
      ['wr_registers_total', /^wr_registers_total\{[^}]*verdict="unavailable"[^}]*\} [1-9]/m],
      ['wr_log', /"event":"cluster_down"/],
    ],
    fails: ['cluster status'],
    repair: async (site) => {
      await site.faults.redis.restartEmpty();
      goodRegisters(site);
    },
  },
  {
    alert: 'WrRegisterLatencyBudget',
    severity: 'critical',
    fault: 'a query takes 0.6 s, while clients register',
    inject: async (site) => {
      site.faults.postgresProxy.latency(300);
      for (let n = 0; n < 3; n += 1) site.repeat(100, () => visit(site));
      return Promise.resolve();
    },
    shows: [
      ['wr_register_seconds', /^wr_register_seconds_count/m, /^nodejs_eventloop_lag/m, /^wr_claim_queue/m],
      ['wr_database_query_seconds', /^wr_database_query_seconds_sum/m, /^wr_redis_call_seconds_sum/m],
    ],
    repair: async (site) => {
      site.faults.postgresProxy.pass();
      goodRegisters(site);
      return Promise.resolve();
    },
  },
  {
    alert: 'WrHandoverLatencyBudget',
    severity: 'critical',
    fault: 'each message to and from Redis takes 0.15 s, while clients of two gateways signal',
    inject: async (site) => {
      const signal = await callAcross(site);
      site.faults.redisProxy.latency(150);
      site.repeat(10, signal);
    },
    shows: [
      [
        'wr_signal_handover_seconds',
        /^wr_signal_handover_seconds_count\{[^}]*path="across"/m,
        /^wr_bus_probe_seconds/m,
      ],
      ['latency-history', /\d/],
    ],
    repair: async (site) => {
      site.faults.redisProxy.pass();
      site.repeat(10, await callAcross(site));
    },
  },
];

/** A ratio of events ends only if there are others. */
function goodRegisters(site: DrillSite): void {
  site.repeat(50, () => visit(site));
}
