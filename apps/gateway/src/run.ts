import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@white-rabbit/license/embedded';
import type { Config } from './config/config.js';
import { StopSignal } from './lifecycle/stop-signal.js';
import { endWithCrashLine } from './telemetry/log/crash-log.js';
import { logEvent } from './telemetry/log/log-events.js';
import { createLogger, errorFields } from './telemetry/log/logger.js';

/** Longer than a socket may take to answer its Close frame. Ms. */
const LINGER_MS = 8_000;

/** Runs a gateway until a stop is requested: database → application → listen → drain. Resolves with the exit code. */
export async function run(config: Config): Promise<number> {
  const log = createLogger(config.telemetry.logLevel);
  endWithCrashLine(log);
  const stop = new StopSignal(log);
  const { fewDescriptors, admission } = config;
  if (fewDescriptors !== undefined) {
    logEvent(log, 'few_descriptors', { descriptors: fewDescriptors, connections: admission.maxConnections });
  }
  if (config.identity.publicHosts === undefined) logEvent(log, 'any_host');
  let postgres: EmbeddedPostgres | undefined;
  try {
    // PostgreSQL starts while this process loads MikroORM and Nest: each takes a good part of a second.
    const loaded = Promise.all([startPostgres(config), import('./serve.js')]);
    const [started, { serveUntil }] = await loaded;
    postgres = started;
    await serveUntil(stop, config, postgres, log);
    return 0;
  } catch (error) {
    // The message of a failed start is for the operator that starts the gateway: it concerns ports, folders and
    // schemas.
    logEvent(log, 'start_failed', errorFields(error), error instanceof Error ? error.message : undefined);
    return 1;
  } finally {
    await postgres?.stop();
    stop.dispose();
    endAnyway();
  }
}

/** The embedded PostgreSQL, unless the configuration names a database. */
function startPostgres({ database }: Config): Promise<EmbeddedPostgres | undefined> {
  if (database.url !== undefined) return Promise.resolve(undefined);
  return startEmbeddedPostgres({ dataDir: join(database.dataDir, 'postgres') });
}

/** The process ends on its own when the last sockets are closed. Anything else that keeps it running gets this long. */
function endAnyway(): void {
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
