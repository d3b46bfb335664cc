import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import type { Config } from './config/config.js';
import { openDatabase, type Database } from './database.js';
import { drainTimes, GatewayNode } from './lifecycle/gateway-node.js';
import { nodeParts } from './lifecycle/node-parts.js';
import { StopSignal } from './lifecycle/stop-signal.js';
import { upTo } from './lifecycle/up-to.js';
import { endWithCrashLine } from './telemetry/log/crash-log.js';
import { logEvent, type LogFields } from './telemetry/log/log-event.js';
import { createLogger, errorFields, nestLogger } from './telemetry/log/logger.js';
import { Metrics } from './telemetry/metrics/metrics.js';
import { observe } from './telemetry/metrics/observe.js';
import { showProcess } from './telemetry/metrics/process-readings.js';
import { openTracer } from './telemetry/tracing/open-tracer.js';
import { FrameAdapter } from './transport/frame-adapter.js';
import { PublicEndpoint } from './transport/public-endpoint.js';
import { welcomeText } from './welcome-text.js';

/** A pool that is just opening a connection can keep its application from closing. Ms. */
const CLOSE_MS = 5_000;
/** Longer than a socket may take to answer its close. Ms. */
const LINGER_MS = 8_000;

/** Runs a gateway until it is told to stop: engines → app → listen → drain. Resolves with the exit code. */
export async function run(config: Config): Promise<number> {
  const log = createLogger(config.settings.WR_LOG_LEVEL);
  endWithCrashLine(log);
  const stop = new StopSignal(log);
  const { fewDescriptors, settings } = config;
  if (fewDescriptors !== undefined) {
    logEvent(log, 'few_descriptors', { descriptors: fewDescriptors, connections: settings.WR_MAX_CONNECTIONS });
  }
  let database: Database | undefined;
  try {
    database = await openDatabase(config, log);
    await serveUntil(stop, config, database, log);
    return 0;
  } catch (error) {
    // The message of what fails at the start is for the operator who reads it now: ports, folders, schemas.
    logEvent(log, 'start_failed', errorFields(error), error instanceof Error ? error.message : undefined);
    return 1;
  } finally {
    await database?.stop();
    stop.dispose();
    endAnyway();
  }
}

/** The process ends by itself once the last sockets have said good-bye; whatever else may hold it has so long. */
function endAnyway(): void {
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

async function serveUntil(stop: StopSignal, config: Config, database: Database, log: Logger): Promise<void> {
  const metrics = new Metrics();
  const tracer = await openTracer(config, log);
  showProcess(metrics);
  const app = await NestFactory.create(await AppModule.forRoot(config, database.url, { log, metrics, tracer }), {
    logger: nestLogger(log),
    abortOnError: false,
  });
  app.useWebSocketAdapter(new FrameAdapter(app, app.get(PublicEndpoint)));
  const parts = nodeParts(app);
  observe(metrics, parts, config.settings.WR_MAX_CONNECTIONS);
  parts.messages.onDrain(() => {
    logEvent(log, 'drain_requested');
    stop.request();
  });
  const node = new GatewayNode(parts, drainTimes(config));
  try {
    await app.listen(config.settings.WR_ADMIN_PORT, config.settings.WR_ADMIN_HOST);
    const port = await node.serve();
    const { node: name } = parts.health.report();
    const ports = { port, adminPort: adminPortOf(app) };
    logEvent(log, 'listening', { node: name, ...ports, engine: parts.engines.kind });
    process.stdout.write(welcomeText(config, port, database.developmentKey));
    await stop.requested;
    await node.drain();
  } finally {
    await node.leave();
    await tracer.stop();
    await upTo(CLOSE_MS, app.close());
    logEvent(log, 'stopped', lifeOf(metrics));
  }
}

/** What this process did, for the last line of its log. */
function lifeOf({ registers, callEnds, failures }: Metrics): LogFields<'stopped'> {
  const seconds = Math.round(process.uptime());
  return { seconds, registers: registers.of('accepted'), calls: callEnds.total, failures: failures.total };
}

function adminPortOf(app: INestApplication): number {
  const server = app.getHttpServer() as { address(): AddressInfo };
  return server.address().port;
}
