import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { LIMITS } from '@white-rabbit/protocol';
import { WebSocketServer } from 'ws';
import { Injectable } from '@nestjs/common';
import { EndpointConfig } from '../config/slices.js';
import { logEvent } from '../telemetry/log/log-events.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { Admission } from './admission.js';
import { FrameSocket } from './frame-socket.js';
import { refuse } from './refusal.js';
import type { Source } from './source.js';
import { sourceNameOf } from './source-name.js';
import { Sources } from './sources.js';
import { TLS_RULES, TlsFiles } from './tls-files.js';
import { guardUpgrade, isSocketPath, pathOf, selectSubprotocol } from './upgrade-guard.js';

/** The path of the public health check (docs/protocol.md, section 7). */
const HEALTH_PATH = '/healthz';

/** Time limit for the headers of a request; then the socket is cut. */
const HEADERS_MS = 8_000;
const HEADERS_CHECK_MS = 1_000;
/** Time limit for the client's answer to a Close frame; then the socket is cut. */
const CLOSE_MS = 5_000;

/**
 * Limits for a frame in pieces: enough for a frame of 64 KiB in the pieces of at least 1 KiB that client libraries
 * write, and for a frame of a few hundred bytes that arrives byte by byte. These limits and the frame size bound the
 * memory of an unfinished frame.
 */
const MAX_FRAGMENTS = 128;
const MAX_CHUNKS = 1_024;

const HTTP_OPTIONS = {
  headersTimeout: HEADERS_MS,
  requestTimeout: HEADERS_MS,
  connectionsCheckingInterval: HEADERS_CHECK_MS,
  keepAliveTimeout: HEADERS_CHECK_MS,
  // Kernel keep-alive detects half-open sockets that send nothing before their upgrade.
  keepAlive: true,
  noDelay: true,
};

// A constant of its own, because the types of ws do not have `closeTimeout` yet.
const SOCKET_OPTIONS = {
  noServer: true,
  clientTracking: false,
  // The connection answers pings within its limits; ws would reset it after 60 pings in one read.
  autoPong: false,
  perMessageDeflate: false,
  maxPayload: LIMITS.frameBytes,
  maxFragments: MAX_FRAGMENTS,
  maxBufferedChunks: MAX_CHUNKS,
  closeTimeout: CLOSE_MS,
  WebSocket: FrameSocket,
  handleProtocols: selectSubprotocol,
};

/** The public port: it serves WebSocket on one path and refuses everything else (docs/protocol.md, section 7). */
@Injectable()
export class PublicEndpoint {
  readonly sockets = new WebSocketServer<typeof FrameSocket>(SOCKET_OPTIONS);
  readonly #server: Server | TlsServer;
  readonly #tls: TlsFiles | undefined;
  #isReady = () => false;

  constructor(
    private readonly config: EndpointConfig,
    private readonly admission: Admission,
    private readonly sources: Sources,
    private readonly telemetry: Telemetry,
  ) {
    this.#tls = config.tls && new TlsFiles(config.tls.certFile, config.tls.keyFile);
    this.#server = this.#tls ? this.#secureServer(this.#tls) : createServer(HTTP_OPTIONS);
    // The first listener: without an error listener, a reset during the checks below would end the process.
    this.#server.prependListener('upgrade', (_request, socket: Duplex) => {
      socket.on('error', destroy);
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(request, socket, head);
    });
    // Sockets beyond the limit are cut at almost no cost. Otherwise no descriptor would be left for a probe.
    if (config.maxSockets !== undefined) this.#server.maxConnections = config.maxSockets;
    this.#server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#answerPlainRequest(request, response);
    });
  }

  /** Sets the state that `/healthz` reports. Until then it answers 503. */
  readyBy(isReady: () => boolean): void {
    this.#isReady = isReady;
  }

  /** Resolves with the port when sockets are accepted. Rejects if the address is not available. */
  async listen(): Promise<number> {
    const { host, port } = this.config;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, backlog: 4096 }, resolve);
    });
    this.#server.on('error', (error) => {
      logEvent(this.telemetry.log, 'endpoint_error', { code: (error as NodeJS.ErrnoException).code });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Accepts no more sockets; open sockets are not affected. */
  close(): void {
    this.#tls?.stop();
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const unfit = guardUpgrade(request, this.config);
    const source = unfit === undefined ? this.#sourceOf(request) : undefined;
    const refusal = unfit ?? this.admission.admit(performance.now(), source);
    if (refusal !== undefined) {
      this.telemetry.metrics.refusals.count(refusal.status);
      refuse(socket, refusal);
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (opened) => {
      // ws has its own by now.
      socket.removeListener('error', destroy);
      opened.source = source;
      this.sockets.emit('connection', opened, request);
    });
  }

  #sourceOf(request: IncomingMessage): Source | undefined {
    return this.sources.of(sourceNameOf(request, this.config.trustProxy));
  }

  #answerPlainRequest(request: IncomingMessage, response: ServerResponse): void {
    if (isHealthCheck(request)) {
      answerHealthCheck(response, this.#isReady());
      return;
    }
    const status = isSocketPath(request.url) ? 400 : 404;
    this.telemetry.metrics.refusals.count(status);
    response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
    response.end(status === 400 ? 'A WebSocket upgrade of version 13 is expected.\n' : 'The endpoint is /ws.\n');
  }

  #secureServer(files: TlsFiles): TlsServer {
    const server = createTlsServer({
      ...HTTP_OPTIONS,
      ...files.read(),
      ...TLS_RULES,
      handshakeTimeout: HEADERS_MS,
    });
    files.watch(
      (pair) => {
        server.setSecureContext({ ...pair, ...TLS_RULES });
        logEvent(this.telemetry.log, 'certificate_changed');
      },
      () => {
        logEvent(this.telemetry.log, 'certificate_refused');
      },
    );
    return server;
  }
}

function destroy(this: Duplex): void {
  this.destroy();
}

/** Whether this is a request of a load balancer or a DNS health check. It needs no header of a proxy and no Origin. */
function isHealthCheck({ method, url }: Pick<IncomingMessage, 'method' | 'url'>): boolean {
  return (method === 'GET' || method === 'HEAD') && pathOf(url) === HEALTH_PATH;
}

/** Answers 200 or 503 without a body: clients can send this request too, so it reveals nothing else. */
function answerHealthCheck(response: ServerResponse, isReady: boolean): void {
  response.writeHead(isReady ? 200 : 503, {
    'Cache-Control': 'no-store',
    'Content-Length': 0,
    Connection: 'close',
  });
  response.end();
}
