import type { MikroORM } from '@mikro-orm/postgresql';
import { LicenseAdmin, migrate, requireCurrentSchema, SchemaMismatch } from '@white-rabbit/license';
import type { Logger } from 'pino';
import { logEvent } from './telemetry/log/log-events.js';
import { errorFields } from './telemetry/log/logger.js';

/** Number of devices of the development key: enough to try all features with one key. */
const DEVELOPMENT_DEVICES = 10;

/** Prepares the schema of a license database: that of an embedded one is migrated, another is only checked. */
export async function prepareSchema(url: string, isEmbedded: boolean, log: Logger): Promise<void> {
  if (isEmbedded) await migrate(url);
  else await checkSchema(url, log);
}

/** Issues a license for tests if the embedded database has none yet. Resolves with its key, which is shown only then. */
export async function issueFirstKey(orm: MikroORM): Promise<string | undefined> {
  const licenses = new LicenseAdmin(orm, 'first start');
  if ((await licenses.page({}, undefined, 1)).licenses.length > 0) return undefined;
  for await (const [issued] of licenses.issue(1, { maxDevices: DEVELOPMENT_DEVICES, expiresAt: null })) {
    return issued?.key;
  }
  return undefined;
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
