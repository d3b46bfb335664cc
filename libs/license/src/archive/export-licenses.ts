import type { MikroORM } from '@mikro-orm/postgresql';
import { type PgClient, pgPool } from '../pg-pool.js';
import { type ArchivedLicense, type ArchiveHeader, ARCHIVE_FORMAT, ARCHIVE_VERSION } from './archive-format.js';
import { ARCHIVE_BATCH, declareArchive, FETCH_ARCHIVE, SLOW_READER } from './archive-queries.js';

/** What to write. */
export interface ExportOptions {
  /** Devices and peers, too: what else the database knows of people. Default `false`. */
  readonly bindings?: boolean;
}

/** An export under way: the header first, then the licenses, batch after batch. */
export interface LicenseExport {
  readonly header: ArchiveHeader;
  /** Each batch is read when it is asked for. */
  readonly batches: AsyncIterable<readonly ArchivedLicense[]>;
}

/**
 * Reads all licenses as of one moment, through a cursor: whatever happens meanwhile, and however many there are. Gives what
 * `consume` gives; the snapshot lasts as long as that takes.
 */
export async function exportLicenses<T>(
  orm: MikroORM,
  { bindings = false }: ExportOptions,
  consume: (source: LicenseExport) => Promise<T>,
): Promise<T> {
  const client = await (await pgPool(orm)).connect();
  // The query in flight, or the next one, rejects with the same error.
  client.on('error', ignore);
  try {
    await client.query('begin isolation level repeatable read, read only');
    await client.query(SLOW_READER);
    const header = await readHeaderOf(client, bindings);
    await client.query(declareArchive(bindings));
    return await consume({ header, batches: batchesOf(client) });
  } finally {
    client.off('error', ignore);
    // Closing the connection ends the snapshot, however far the reading came.
    client.release(true);
  }
}

async function readHeaderOf(client: PgClient, bindings: boolean): Promise<ArchiveHeader> {
  const { rows } = await client.query<{ licenses: number }>('select count(*)::int as licenses from license');
  const exportedAt = new Date().toISOString();
  return {
    format: ARCHIVE_FORMAT,
    version: ARCHIVE_VERSION,
    licenses: rows[0]?.licenses ?? 0,
    bindings,
    exported_at: exportedAt,
  };
}

async function* batchesOf(client: PgClient): AsyncGenerator<readonly ArchivedLicense[], void> {
  for (;;) {
    const { rows } = await client.query<ArchivedLicense>(FETCH_ARCHIVE);
    if (rows.length > 0) yield rows;
    if (rows.length < ARCHIVE_BATCH) return;
  }
}

function ignore(): void {
  /* see above */
}
