import type { MikroORM } from '@mikro-orm/postgresql';
import { UNNAMED } from '../audit/audit-entry.js';
import { writeAudit } from '../audit/write-audit.js';
import { inTransaction } from '../in-transaction.js';
import { type PgClient, pgPool } from '../pg-pool.js';
import type { LicenseId } from '../verdict.js';
import { type ArchivedLicense, type ArchiveHeader, problemOfHeader } from './archive-format.js';
import {
  type BindingToStore,
  ARCHIVE_BATCH,
  FIND_CLASHES,
  FIND_STRANGE_IDENTITIES,
  INSERT_ARCHIVED,
  INSERT_BINDINGS,
  INSERT_IDENTITIES,
} from './archive-queries.js';
import { ImportProblems } from './import-problems.js';
import { readArchived } from './read-archived.js';

/** What became of an import. `known`: licenses that were here already, and stayed as they were, bindings included. */
export interface Imported {
  readonly imported: number;
  readonly known: number;
  readonly bindings: number;
}

/** How to import. */
export interface ImportOptions {
  /** Who the audit trail says it was. */
  readonly operator?: string;
  readonly onProgress?: (done: number) => void;
}

/** A license and the line it stands in, from 1. */
interface Entry {
  readonly line: number;
  readonly license: ArchivedLicense;
}

/**
 * Stores the licenses of an archive whose header was read, in one transaction: all of them or none. One that is known by
 * its id and its key's hash stays as it is here, so importing again changes nothing, and undoes nothing that was done since.
 * Rejects with `ArchiveRefused` where a line is malformed or clashes with what is here.
 *
 * @param lines what comes after the header; blank ones do not count.
 */
export async function importLicenses(
  orm: MikroORM,
  header: ArchiveHeader,
  lines: AsyncIterable<string>,
  { operator = UNNAMED, onProgress = () => undefined }: ImportOptions = {},
): Promise<Imported> {
  const problems = new ImportProblems();
  const problem = problemOfHeader(header);
  if (problem !== undefined) problems.add(1, problem);
  problems.refuse();
  return inTransaction(await pgPool(orm), async (client) => {
    const totals = { imported: 0, known: 0, bindings: 0 };
    let read = 0;
    for await (const batch of batchesOf(lines, header, problems)) {
      read += batch.length;
      // Past a problem it is read on only to tell the others.
      if (problems.isEmpty) await storeBatch(client, batch, totals, problems);
      onProgress(read);
    }
    if (problems.isEmpty && read !== header.licenses)
      problems.add(1, `it announces ${header.licenses} licenses, and there are ${read}: the file is not whole`);
    problems.refuse();
    await noteImport(client, operator, totals);
    return totals;
  });
}

async function* batchesOf(
  lines: AsyncIterable<string>,
  { bindings }: ArchiveHeader,
  problems: ImportProblems,
): AsyncGenerator<readonly Entry[], void> {
  let batch: Entry[] = [];
  let line = 1;
  for await (const text of lines) {
    line++;
    if (text.trim() === '') continue;
    const license = readArchived(text, bindings);
    if (typeof license === 'string') problems.add(line, license);
    else batch.push({ line, license });
    if (batch.length < ARCHIVE_BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function storeBatch(
  client: PgClient,
  batch: readonly Entry[],
  totals: { imported: number; known: number; bindings: number },
  problems: ImportProblems,
): Promise<void> {
  const { rows } = await client.query<{ id: LicenseId }>(INSERT_ARCHIVED, [
    JSON.stringify(batch.map(({ license }) => license)),
  ]);
  const fresh = new Set(rows.map(({ id }) => id));
  totals.imported += fresh.size;
  totals.known += batch.length - fresh.size;
  if (fresh.size < batch.length) await tellClashes(client, batch, problems);
  if (problems.isEmpty) totals.bindings += await storeBindings(client, batch, fresh, problems);
}

async function tellClashes(client: PgClient, batch: readonly Entry[], problems: ImportProblems): Promise<void> {
  const ids = batch.map(({ license }) => license.id);
  const hashes = batch.map(({ license }) => license.key_hash);
  const { rows } = await client.query<{ position: number; by_id: boolean }>(FIND_CLASHES, [ids, hashes]);
  for (const { position, by_id: byId } of rows) {
    const line = batch[position - 1]?.line ?? 0;
    problems.add(line, `${byId ? 'its id' : 'its key'} belongs to another license here`);
  }
}

/** Bindings of licenses that were not here before; of the others the database knows better. */
async function storeBindings(
  client: PgClient,
  batch: readonly Entry[],
  fresh: Set<LicenseId>,
  problems: ImportProblems,
): Promise<number> {
  const bindings: BindingToStore[] = [];
  for (const { line, license } of batch) {
    // A license that stands twice in a file has its bindings once.
    if (!fresh.delete(license.id)) continue;
    bindings.push(...(license.bindings ?? []).map((one) => ({ ...one, licenseId: license.id, line })));
  }
  if (bindings.length === 0) return 0;
  const pairs = [bindings.map((one) => one.device_id), bindings.map((one) => one.peer_id)];
  await client.query(INSERT_IDENTITIES, pairs);
  const strange = await client.query<{ position: number }>(FIND_STRANGE_IDENTITIES, pairs);
  for (const { position } of strange.rows)
    problems.add(bindings[position - 1]?.line ?? 0, 'one of its devices, or its peer, belongs to another one here');
  if (!problems.isEmpty) return 0;
  await client.query(INSERT_BINDINGS, [
    bindings.map((one) => one.licenseId),
    bindings.map((one) => one.device_id),
    bindings.map((one) => one.slot),
    bindings.map((one) => one.bound_at),
  ]);
  return bindings.length;
}

async function noteImport(client: PgClient, operator: string, { imported, known, bindings }: Imported): Promise<void> {
  if (imported === 0) return;
  const detail = `from an export; ${known} known already; ${bindings} bindings`;
  await writeAudit(client, { operator, action: 'import', licenseId: null, count: imported, detail });
}
