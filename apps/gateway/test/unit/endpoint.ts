import type { WebSocket } from 'ws';
import { pino } from 'pino';
import { Admission } from '../../src/transport/admission.js';
import { PublicEndpoint } from '../../src/transport/public-endpoint.js';
import type { SourceLimit } from '../../src/transport/source.js';
import { Sources } from '../../src/transport/sources.js';
import { sourceCaps } from '../../src/config/source-caps.js';
import type { Refusal } from '../../src/transport/refusal.js';
import { configOf } from './gateway-node.js';

/** A public endpoint on a free port of loopback, with nothing behind it: opened sockets are counted. `close` it in the end. */
export type TestEndpoint = Awaited<ReturnType<typeof startEndpoint>>;

/** Starts one with these settings. Its health check says that it is ready. */
export async function startEndpoint(env: Readonly<Record<string, string>> = {}) {
  const { endpoint: config, settings } = configOf({ WR_PORT: '0', WR_HOST: '127.0.0.1', ...env });
  const opened = new Set<WebSocket>();
  const refusals: Refusal['status'][] = [];
  const occupancy = {
    get open() {
      return opened.size;
    },
    makeRoom: () => true,
  };
  const admission = new Admission(settings, occupancy);
  const onRefusal = (status: Refusal['status']) => refusals.push(status);
  const limited: SourceLimit[] = [];
  const sources = new Sources({ ...sourceCaps(settings), onLimited: (limit) => limited.push(limit) });
  const endpoint = new PublicEndpoint(config, admission, onRefusal, pino({ level: 'silent' }), sources);
  endpoint.readyBy(() => true);
  endpoint.sockets.on('connection', (socket) => opened.add(socket));
  const port = await endpoint.listen();
  const close = () => {
    for (const socket of opened) socket.terminate();
    endpoint.close();
  };
  return { endpoint, admission, port, opened, refusals, limited, close };
}
