import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Logger } from 'pino';
import { ClusterNode } from '@white-rabbit/cluster';
import { AppModule } from './app.module.js';
import type { Config } from './config/config.js';
import { NodeMessages } from './events/node-messages.js';
import { openDatabase, type Database } from './database.js';
import { GATEWAY_VERSION } from './gateway-version.js';
import { GatewayNode } from './lifecycle/gateway-node.js';
import { PublicServer } from './lifecycle/public-server.js';
import { StopSignal } from './lifecycle/stop-signal.js';
import { upTo } from './up-to.js';
import { endWithCrashLine } from './telemetry/log/crash-log.js';
import { logEvent, type LogFields } from './telemetry/log/log-event.js';
import { createLogger, errorFields, nestLogger } from './telemetry/log/logger.js';
import { Metrics } from './telemetry/metrics/metrics.js';
import { showProcess } from './telemetry/metrics/process-readings.js';
import { OutageLog } from './telemetry/log/outage-log.js';
import { NO_TRACER, type Tracer } from './telemetry/tracing/tracer.js';
import { FrameAdapter } from './transport/frame-adapter.js';
import { PublicEndpoint } from './transport/public-endpoint.js';
import { welcomeText } from './welcome-text.js';

/** A connection pool that is just opening a connection can keep its application from closing. Ms. */
const CLOSE_MS = 5_000;
/** Longer than a socket may take to answer its Close frame. Ms. */
const LINGER_MS = 8_000;

/** Runs a gateway until a stop is requested: engines → app → listen → drain. Resolves with the exit code. */
export async function run(config: Config): Promise<number> {
  const log = createLogger(config.telemetry.logLevel);
  endWithCrashLine(log);
  const stop = new StopSignal(log);
  const { fewDescriptors, admission } = config;
  if (fewDescriptors !== undefined) {
    logEvent(log, 'few_descriptors', { descriptors: fewDescriptors, connections: admission.maxConnections });
  }
  let database: Database | undefined;
  try {
    database = await openDatabase(config, log);
    await serveUntil(stop, config, database, log);
    return 0;
  } catch (error) {
    // The message of a failed start is for the operator that starts the gateway: it concerns ports, folders and
    // schemas.
    logEvent(log, 'start_failed', errorFields(error), error instanceof Error ? error.message : undefined);
    return 1;
  } finally {
    await database?.stop();
    stop.dispose();
    endAnyway();
  }
}

/** The process ends on its own when the last sockets are closed. Anything else that keeps it running gets this long. */
function endAnyway(): void {
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

async function serveUntil(stop: StopSignal, config: Config, database: Database, log: Logger): Promise<void> {
  const telemetry = { log, metrics: new Metrics(), tracer: await openTracer(config, log) };
  showProcess(telemetry.metrics);
  const app = await NestFactory.create(await AppModule.forRoot(config, database.url, telemetry), {
    logger: nestLogger(log),
    abortOnError: false,
  });
  app.useWebSocketAdapter(new FrameAdapter(app, app.get(PublicEndpoint)));
  app.get(NodeMessages).onDrain(() => {
    logEvent(log, 'drain_requested');
    stop.request();
  });
  try {
    await app.listen(config.telemetry.adminPort, config.telemetry.adminHost);
    const { port } = app.get(PublicServer);
    const { self: node, engines } = app.get(ClusterNode);
    logEvent(log, 'listening', { node, port, adminPort: adminPortOf(app), engine: engines.kind });
    process.stdout.write(welcomeText(config, port, database.developmentKey));
    await stop.requested;
  } finally {
    await closed(app);
    await telemetry.tracer.stop();
    logEvent(log, 'stopped', lifeOf(telemetry.metrics));
  }
}

/** The tracer that the configuration selects. OpenTelemetry is loaded only if a collector is configured. */
async function openTracer({ telemetry, node }: Config, log: Logger): Promise<Tracer> {
  const url = telemetry.otlpUrl;
  if (url === undefined) return NO_TRACER;
  const { OtlpTracer } = await import('./telemetry/tracing/otlp-tracer.js');
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

/** Resolves when the application is closed, or when its time limit after leaving the cluster has passed. */
async function closed(app: INestApplication): Promise<void> {
  const closing = app.close();
  const late = app.get(GatewayNode).left.then(() => upTo(CLOSE_MS, closing));
  await Promise.race([closing, late]);
}

/** The totals of this process for the last line of its log. */
function lifeOf({ registers, callEnds, failures }: Metrics): LogFields<'stopped'> {
  const seconds = Math.round(process.uptime());
  return { seconds, registers: registers.of('accepted'), calls: callEnds.total, failures: failures.total };
}

function adminPortOf(app: INestApplication): number {
  const server = app.getHttpServer() as { address(): AddressInfo };
  return server.address().port;
}
