import { readdir } from 'node:fs/promises';
import { monitorEventLoopDelay, type ELDHistogram } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { descriptorLimit } from '../../config/descriptor-limit.js';
import type { Metrics } from './metrics.js';

/** The event-loop lag is sampled this often. A default of 10 ms wakes an idle gateway a hundred times a second. */
const LAG_RESOLUTION_MS = 50;
const NS = 1e9;

/** Shows what the process itself knows. Measuring does not hold the process. */
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
  // The last of the three: the next scrape begins anew.
  metrics.gauge('nodejs_eventloop_lag_max_seconds', () => takeMax(lag));
}

function takeMax(lag: ELDHistogram): number {
  const seconds = beyondResolution(lag.max);
  lag.reset();
  return seconds;
}

/** The histogram holds the time between two samples; the lag is what is beyond the time there should be. */
function beyondResolution(ns: number): number {
  return Math.max(0, ns / NS - LAG_RESOLUTION_MS / 1000);
}

/** Not the synchronous call of others: with twenty thousand sockets that stops the event loop for milliseconds. */
async function openDescriptors(): Promise<number | undefined> {
  try {
    // One of them is the folder that is being read.
    return (await readdir('/proc/self/fd')).length - 1;
  } catch {
    return undefined;
  }
}
