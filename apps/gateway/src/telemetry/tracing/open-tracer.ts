import type { Logger } from 'pino';
import type { Config } from '../../config/config.js';
import { GATEWAY_VERSION } from '../../gateway-version.js';
import { OutageLog } from '../log/outage-log.js';
import { NO_TRACER, type Tracer } from './tracer.js';

/** The tracer that the configuration selects. OpenTelemetry is loaded only if a collector is configured. */
export async function openTracer({ telemetry, node }: Config, log: Logger): Promise<Tracer> {
  const url = telemetry.otlpUrl;
  if (url === undefined) return NO_TRACER;
  const { OtlpTracer } = await import('./otlp-tracer.js');
  const outages = new OutageLog(log, 'collector');
  return new OtlpTracer({
    url,
    sample: telemetry.otlpSample,
    region: node.region,
    version: GATEWAY_VERSION,
    onExport: (isTaken) => {
      outages.note(isTaken);
    },
  });
}
