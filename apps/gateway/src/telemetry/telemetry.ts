import type { Logger } from 'pino';
import type { Metrics } from './metrics/metrics.js';
import type { Tracer } from './tracing/tracer.js';

/** What a gateway is watched by. */
export interface Telemetry {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
}
