import type { MetricRow } from './metric-row.js';

/**
 * Metrics of the process, with the names that the official Prometheus client libraries use. Not all metrics that
 * prom-client can collect: its observer of garbage collections costs CPU at each collection.
 */
export const PROCESS_METRICS = {
  wr_build_info: {
    type: 'info',
    labels: ['version', 'nodejs', 'region', 'node', 'pod'],
    meaning:
      'Version of the gateway and of Node.js, WR_REGION, node name (new at each start) and WR_POD. Join it with other metrics by `instance`',
    normal: '1; one version, except during a roll-out',
  },
  wr_failures_total: {
    type: 'counter',
    label: { name: 'where', values: ['frame'] as const },
    meaning: 'Errors of the server: it answered a frame with `internal`. Each has a line in the log',
    normal: '0',
  },
  process_cpu_seconds_total: {
    type: 'counter',
    meaning: 'CPU time of the process, all threads',
    normal: 'below 0.8 s a second',
  },
  process_start_time_seconds: { type: 'gauge', meaning: 'When the process started, Unix time', normal: 'constant' },
  process_resident_memory_bytes: { type: 'gauge', meaning: 'Resident memory', normal: '140 MB + 15 KB a session' },
  process_open_fds: { type: 'gauge', meaning: 'Open file descriptors (Linux)', normal: 'wr_connections + 30 to 60' },
  process_max_fds: { type: 'gauge', meaning: 'Limit of open file descriptors (Linux)', normal: 'constant' },
  nodejs_heap_size_used_bytes: { type: 'gauge', meaning: 'Used JavaScript heap', normal: 'below half of the limit' },
  nodejs_heap_size_limit_bytes: {
    type: 'gauge',
    meaning: 'Limit of the JavaScript heap; reaching it ends the process',
    normal: 'constant',
  },
  nodejs_external_memory_bytes: { type: 'gauge', meaning: 'Memory outside the heap: buffers', normal: 'steady' },
  nodejs_eventloop_active_seconds_total: {
    type: 'counter',
    meaning: 'Time in which the event loop was busy',
    normal: 'below 0.7 s a second',
  },
  nodejs_eventloop_lag_p50_seconds: {
    type: 'gauge',
    meaning: 'Event-loop lag since the last scrape, median. Sampled every 50 ms; two scrapers share the samples',
    normal: 'below 0.005 s',
  },
  nodejs_eventloop_lag_p99_seconds: {
    type: 'gauge',
    meaning: 'Event-loop lag since the last scrape, 99 %',
    normal: 'below 0.05 s',
  },
  nodejs_eventloop_lag_max_seconds: {
    type: 'gauge',
    meaning: 'Event-loop lag since the last scrape, longest',
    normal: 'below 0.2 s; after 10 s the node loses its lease',
  },
} as const satisfies Record<string, MetricRow>;
