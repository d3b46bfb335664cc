import { join } from 'node:path';
import {
  LicenseAdmin,
  migrate,
  openLicenseOrm,
  requireCurrentSchema,
  SchemaMismatch,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '@white-rabbit/license';
import type { Logger } from 'pino';
import type { Config } from './config/config.js';
import { logEvent } from './telemetry/log/log-event.js';
import { errorFields } from './telemetry/log/logger.js';

/** The license database of this gateway. */
export interface Database {
  readonly url: string;
  /** Issued at the first start of an embedded database, and shown only then. */
  readonly developmentKey: string | undefined;
  stop(): Promise<void>;
}

/** Number of devices of the development key: enough to try all features with one key. */
const DEVELOPMENT_DEVICES = 10;

/** Opens the database at `DATABASE_URL`, or else an embedded PostgreSQL, with its migrations applied. */
export async function openDatabase({ database }: Config, log: Logger): Promise<Database> {
  const url = database.url;
  if (url === undefined) return openEmbedded(join(database.dataDir, 'postgres'));
  await checkSchema(url, log);
  return { url, developmentKey: undefined, stop: () => Promise.resolve() };
}

async function openEmbedded(dataDir: string): Promise<Database> {
  const postgres = await startEmbeddedPostgres({ dataDir });
  try {
    await migrate(postgres.url);
    return { url: postgres.url, developmentKey: await issueFirstKey(postgres), stop: () => postgres.stop() };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/** Issues a license for tests if the database has no license yet. */
async function issueFirstKey({ url }: EmbeddedPostgres): Promise<string | undefined> {
  const orm = await openLicenseOrm({ databaseUrl: url, poolSize: 1 });
  try {
    const admin = new LicenseAdmin(orm, 'first start');
    const { licenses } = await admin.page('all', undefined, 1);
    if (licenses.length > 0) return undefined;
    const batches = admin.issue(1, { maxDevices: DEVELOPMENT_DEVICES, expiresAt: null });
    for await (const [issued] of batches) return issued?.key;
    return undefined;
  } finally {
    await orm.close();
  }
}

/** A wrong schema stops the start. An unreachable database does not: features that need no license stay available. */
async function checkSchema(url: string, log: Logger): Promise<void> {
  try {
    await requireCurrentSchema(url);
  } catch (error) {
    if (error instanceof SchemaMismatch) throw error;
    logEvent(log, 'database_unavailable', errorFields(error));
  }
}
