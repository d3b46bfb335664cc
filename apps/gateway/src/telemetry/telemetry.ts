import type { Logger } from 'pino';
import type { Metrics } from './metrics/metrics.js';
import type { Tracer } from './tracing/tracer.js';

/** The log, the metrics and the tracer of a gateway. A DI token. */
export abstract class Telemetry {
  abstract readonly log: Logger;
  abstract readonly metrics: Metrics;
  abstract readonly tracer: Tracer;
}
