import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { MikroORM } from '@mikro-orm/postgresql';
import { NestFactory } from '@nestjs/core';
import type { Logger } from 'pino';
import { ClusterNode } from '@white-rabbit/cluster';
import type { EmbeddedPostgres } from '@white-rabbit/license/embedded';
import { AppModule } from './app.module.js';
import type { Config } from './config/config.js';
import { issueFirstKey, prepareSchema } from './database.js';
import { GATEWAY_VERSION } from './gateway-version.js';
import { GatewayNode } from './lifecycle/gateway-node.js';
import { PublicServer } from './lifecycle/public-server.js';
import type { StopSignal } from './lifecycle/stop-signal.js';
import { logEvent, type LogFields } from './telemetry/log/log-events.js';
import { nestLogger } from './telemetry/log/logger.js';
import { Metrics } from './telemetry/metrics/metrics.js';
import { showProcess } from './telemetry/metrics/process-readings.js';
import { OutageLog } from './telemetry/log/outage-log.js';
import { NO_TRACER, type Tracer } from './telemetry/tracing/tracer.js';
import { FrameAdapter } from './transport/frame-adapter.js';
import { PublicEndpoint } from './transport/public-endpoint.js';
import { upTo } from './up-to.js';
import { welcomeText } from './welcome-text.js';

/** A connection pool that is just opening a connection can keep its application from closing. Ms. */
const CLOSE_MS = 5_000;

/** Serves clients until a stop is requested: schema → application → listen → drain. */
export async function serveUntil(
  stop: StopSignal,
  config: Config,
  embedded: EmbeddedPostgres | undefined,
  log: Logger,
): Promise<void> {
  const url = embedded?.url ?? config.database.url ?? '';
  await prepareSchema(url, embedded !== undefined, log);
  const telemetry = { log, metrics: new Metrics(), tracer: await openTracer(config, log) };
  showProcess(telemetry.metrics);
  const app = await NestFactory.create(await AppModule.forRoot(config, url, telemetry), {
    logger: nestLogger(log),
    abortOnError: false,
  });
  app.useWebSocketAdapter(new FrameAdapter(app, app.get(PublicEndpoint)));
  const { self: node, engines, rpc } = app.get(ClusterNode);
  rpc.on('drain', () => {
    logEvent(log, 'drain_requested');
    stop.request();
    return 'ok';
  });
  try {
    await app.listen(config.telemetry.adminPort, config.telemetry.adminHost);
    const developmentKey = embedded && (await issueFirstKey(app.get(MikroORM)));
    const { port } = app.get(PublicServer);
    logEvent(log, 'listening', { node, port, adminPort: adminPortOf(app), engine: engines.kind });
    process.stdout.write(welcomeText(config, port, developmentKey));
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
