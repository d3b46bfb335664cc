import type { WebSocket } from 'ws';
import { pino } from 'pino';
import { Admission } from '../../src/transport/admission.js';
import { PublicEndpoint } from '../../src/transport/public-endpoint.js';
import { Sources } from '../../src/transport/sources.js';
import { Metrics } from '../../src/telemetry/metrics/metrics.js';
import { NO_TRACER } from '../../src/telemetry/tracing/tracer.js';
import { configOf, recorded } from './gateway-node.js';

/**
 * A public endpoint on a free loopback port without a gateway behind it: it counts opened sockets. A test must
 * `close` it.
 */
export type TestEndpoint = Awaited<ReturnType<typeof startEndpoint>>;

/** Starts an endpoint with these settings. Its health check reports that it is ready. */
export async function startEndpoint(env: Readonly<Record<string, string>> = {}) {
  const config = configOf({ WR_PORT: '0', WR_HOST: '127.0.0.1', ...env });
  const opened = new Set<WebSocket>();
  const occupancy = {
    get open() {
      return opened.size;
    },
    makeRoom: () => true,
  };
  const metrics = new Metrics();
  const refusals = recorded(metrics.refusals);
  const limited = recorded(metrics.sourcesLimited);
  const admission = new Admission(config.admission, occupancy);
  const telemetry = { metrics, log: pino({ level: 'silent' }), tracer: NO_TRACER };
  const endpoint = new PublicEndpoint(config.endpoint, admission, new Sources(config.source, metrics), telemetry);
  endpoint.readyBy(() => true);
  endpoint.sockets.on('connection', (socket) => opened.add(socket));
  const port = await endpoint.listen();
  const close = () => {
    for (const socket of opened) socket.terminate();
    endpoint.close();
  };
  return { endpoint, admission, port, opened, refusals, limited, close };
}
