import { readdir } from 'node:fs/promises';
import { monitorEventLoopDelay, type ELDHistogram } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { descriptorLimit } from '../../config/descriptor-limit.js';
import type { Metrics } from './metrics.js';

/**
 * Interval at which the event-loop lag is sampled. The default of 10 ms wakes an idle gateway a hundred times per
 * second.
 */
const LAG_RESOLUTION_MS = 50;
const NS = 1e9;

/** Registers the metrics of the process. The measurement does not keep the process running. */
export function showProcess(metrics: Metrics): void {
  const startSeconds = Math.round(performance.timeOrigin) / 1000;
  metrics.counter('process_cpu_seconds_total', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  metrics.gauge('process_start_time_seconds', () => startSeconds);
  metrics.gauge('process_resident_memory_bytes', () => process.memoryUsage.rss());
  metrics.gauge('process_open_fds', openDescriptors);
  const limit = descriptorLimit();
  metrics.gauge('process_max_fds', () => limit);
  metrics.gauge('nodejs_heap_size_used_bytes', () => getHeapStatistics().used_heap_size);
  metrics.gauge('nodejs_heap_size_limit_bytes', () => getHeapStatistics().heap_size_limit);
  metrics.gauge('nodejs_external_memory_bytes', () => getHeapStatistics().external_memory);
  metrics.counter('nodejs_eventloop_active_seconds_total', () => performance.eventLoopUtilization().active / 1000);
  showLag(metrics);
}

function showLag(metrics: Metrics): void {
  const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  lag.enable();
  metrics.gauge('nodejs_eventloop_lag_p50_seconds', () => beyondResolution(lag.percentile(50)));
  metrics.gauge('nodejs_eventloop_lag_p99_seconds', () => beyondResolution(lag.percentile(99)));
  // Registered as the last of the three: reading it resets the histogram for the next scrape.
  metrics.gauge('nodejs_eventloop_lag_max_seconds', () => takeMax(lag));
}

function takeMax(lag: ELDHistogram): number {
  const seconds = beyondResolution(lag.max);
  lag.reset();
  return seconds;
}

/** The histogram holds the time between two samples; the lag is the part beyond the sampling interval. */
function beyondResolution(ns: number): number {
  return Math.max(0, ns / NS - LAG_RESOLUTION_MS / 1000);
}

/**
 * Asynchronous, unlike prom-client's call: with twenty thousand sockets the synchronous call blocks the event loop
 * for milliseconds.
 */
async function openDescriptors(): Promise<number | undefined> {
  try {
    // One of the descriptors is that of the folder that is being read.
    return (await readdir('/proc/self/fd')).length - 1;
  } catch {
    return undefined;
  }
}
