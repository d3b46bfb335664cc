import type { Operation } from '@white-rabbit/cluster';
import type { LicenseQuery } from '@white-rabbit/license';
import { everyOf, type MetricLabel, type MetricRow } from './metric-row.js';

const operations: MetricLabel<Operation> = {
  name: 'operation',
  values: everyOf<Operation>({
    claim: true,
    renew: true,
    release: true,
    find: true,
    send: true,
    join: true,
    lease: true,
    leave: true,
    alive: true,
    index: true,
    reports: true,
  }),
};

const queries: MetricLabel<LicenseQuery> = {
  name: 'query',
  values: everyOf<LicenseQuery>({ authorize: true, activate: true, revocations: true }),
};

/** Metrics of Redis and PostgreSQL, as this gateway observes them. */
export const BACK_END_METRICS = {
  wr_redis_up: { type: 'gauge', meaning: '1 while Redis accepts commands; always 1 without Redis', normal: '1' },
  wr_redis_call_seconds: {
    type: 'histogram',
    label: operations,
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5],
    meaning:
      'Duration of calls to Redis by operation, failed ones included. A call may be a batch; none waits longer than 1.5 s',
    normal: 'p99 below 0.01 s',
  },
  wr_redis_errors_total: {
    type: 'counter',
    label: operations,
    meaning: 'Calls to Redis that Redis refused or did not answer in time',
    normal: '0',
  },
  wr_database_up: {
    type: 'gauge',
    meaning: '1 while PostgreSQL answers: the result of the last poll for revocations, one each second',
    normal: '1',
  },
  wr_database_query_seconds: {
    type: 'histogram',
    label: queries,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    meaning: 'Duration of queries to PostgreSQL by query, with the wait for a connection, failed ones included',
    normal: 'p99: authorize below 0.025 s, activate below 0.1 s',
  },
  wr_database_errors_total: {
    type: 'counter',
    label: queries,
    meaning: 'Queries that failed, or that the gateway dropped because no client waited for them any more',
    normal: '0',
  },
  wr_license_queue: {
    type: 'gauge',
    meaning:
      'License checks that wait for the database: at most 1,000, and at most as many as it answers within 2 s at its current speed',
    normal: 'near 0',
  },
  wr_license_checks_limit: {
    type: 'gauge',
    meaning:
      'Look-ups of licenses that the database gets at once on their connection: fewer than 256 if it was more than three times as slow as usual',
    normal: '256',
  },
  wr_claim_queue: {
    type: 'gauge',
    meaning: 'Registers with a valid license that wait for their claim in Redis: at most 1,000',
    normal: '0',
  },
  wr_claims_limit: {
    type: 'gauge',
    meaning:
      'Claims that Redis gets at once: 4 to 512. It grows while it is reached, and shrinks if Redis is more than three times as slow as usual',
    normal: '64 or more',
  },
  wr_license_unavailable_total: {
    type: 'counter',
    label: { name: 'reason', values: ['failed', 'deadline', 'queue_full', 'would_be_late', 'key_busy'] as const },
    meaning:
      'License checks without a verdict (license_unavailable). failed: the query failed. deadline: it took more than 2.5 s. would_be_late: refused, because the queue is too long for the current speed of the database. queue_full: refused, because 1,000 checks wait. key_busy: other activations of the same license took 2.5 s, or 200 of them waited',
    normal: '0',
  },
} as const satisfies Record<string, MetricRow>;
