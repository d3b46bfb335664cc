import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { UNNAMED } from '../audit/audit-entry.js';
import { Binding, Identity, License } from '../entities.js';
import { type LicenseRow, insertUnknown, writeAudit } from '../license-rows.js';
import type { LicenseId } from '../verdict.js';
import {
  type ArchivedBinding,
  type ArchivedLicense,
  type ArchiveHeader,
  ARCHIVE_BATCH,
  problemOfHeader,
} from './archive-format.js';
import { ImportProblems } from './import-problems.js';
import { readArchived } from './read-archived.js';

/** Counts of an import. `known`: licenses that were stored before and are unchanged, with their bindings. */
export interface Imported {
  readonly imported: number;
  readonly known: number;
  readonly bindings: number;
}

/** Options of an import. */
export interface ImportOptions {
  /** The operator's name for the audit trail. */
  readonly operator?: string;
  readonly onProgress?: (done: number) => void;
}

/** A license and its line in the file, from 1. */
interface Entry {
  readonly line: number;
  readonly license: ArchivedLicense;
}

/**
 * Stores the licenses of an archive in one transaction: all or none. A license whose id and key hash are known stays
 * unchanged, so a repeated import changes nothing and undoes no later change. Rejects with `ArchiveRefused` if a line is
 * malformed or contradicts the database.
 *
 * @param lines the lines after the header. Blank lines are ignored.
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
  return orm.em.fork().transactional(async (em) => {
    const totals = { imported: 0, known: 0, bindings: 0 };
    let read = 0;
    for await (const batch of batchesOf(lines, header, problems)) {
      read += batch.length;
      // After a problem the rest is read only to report further problems.
      if (problems.isEmpty) await storeBatch(em, batch, totals, problems);
      onProgress(read);
    }
    if (problems.isEmpty && read !== header.licenses)
      problems.add(1, `the header announces ${header.licenses} licenses and the file has ${read}: it is incomplete`);
    problems.refuse();
    await auditImport(em, operator, totals);
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
  em: EntityManager,
  batch: readonly Entry[],
  totals: { imported: number; known: number; bindings: number },
  problems: ImportProblems,
): Promise<void> {
  const inserted = await insertUnknown(
    em,
    batch.map(({ license }) => rowOf(license)),
  );
  totals.imported += inserted.size;
  totals.known += batch.length - inserted.size;
  if (inserted.size < batch.length) await findClashes(em, batch, problems);
  if (problems.isEmpty) totals.bindings += await storeBindings(em, batch, inserted, problems);
}

function rowOf(license: ArchivedLicense): LicenseRow {
  return {
    id: license.id,
    keyHash: Buffer.from(license.key_hash, 'hex'),
    hint: license.hint,
    state: license.state,
    maxDevices: license.max_devices,
    expiresAt: dateOrNull(license.expires_at),
    revokedAt: dateOrNull(license.revoked_at),
    createdAt: new Date(license.created_at),
    transferredAt: dateOrNull(license.transferred_at),
  };
}

function dateOrNull(time: string | null): Date | null {
  return time === null ? null : new Date(time);
}

/** Reports licenses whose id or key belongs to another license in the database, by the ids that are there after the insert. */
async function findClashes(em: EntityManager, batch: readonly Entry[], problems: ImportProblems): Promise<void> {
  const ids = batch.map(({ license }) => license.id);
  const query = em.createQueryBuilder(License).select(['id', 'keyHash']);
  const stored = await query.where({ id: { $in: ids } }).execute('all');
  const hashOf = new Map(stored.map(({ id, keyHash }) => [id, keyHash.toString('hex')]));
  for (const { line, license } of batch) {
    const hash = hashOf.get(license.id);
    // The insert has left it out and its id is free: the key is the reason.
    if (hash === undefined) problems.add(line, 'its key belongs to another license in the database');
    else if (hash !== license.key_hash) problems.add(line, 'its id belongs to another license in the database');
  }
}

/** A binding with its license and the line of the file. */
interface BindingEntry extends ArchivedBinding {
  readonly licenseId: LicenseId;
  readonly line: number;
}

/** Stores the bindings of inserted licenses. Those of known licenses stay as they are in the database. */
async function storeBindings(
  em: EntityManager,
  batch: readonly Entry[],
  inserted: ReadonlySet<LicenseId>,
  problems: ImportProblems,
): Promise<number> {
  const bindings = bindingsOf(batch, inserted);
  if (bindings.length === 0) return 0;
  const identities = bindings.map((one) => ({
    deviceHash: one.device_hash,
    peerId: one.peer_id,
    publicKey: one.public_key,
  }));
  await em.createQueryBuilder(Identity).insert(identities).onConflict().ignore().execute('run');
  const devices = identities.map(({ deviceHash }) => deviceHash);
  const stored = await em.find(Identity, { deviceHash: { $in: devices } }, { disableIdentityMap: true });
  const identityOf = new Map(stored.map((identity) => [identity.deviceHash, identity]));
  for (const { line, device_hash: device, peer_id: peer, public_key: key } of bindings) {
    const identity = identityOf.get(device);
    if (identity?.peerId !== peer) problems.add(line, 'one of its devices or peers is stored with another partner');
    else if (identity.publicKey !== key) problems.add(line, 'one of its devices is stored with another key');
  }
  if (!problems.isEmpty) return 0;
  await em.insertMany(
    Binding,
    bindings.map((one) => ({
      license: one.licenseId,
      identity: one.device_hash,
      slot: one.slot,
      boundAt: new Date(one.bound_at),
    })),
  );
  return bindings.length;
}

function bindingsOf(batch: readonly Entry[], inserted: ReadonlySet<LicenseId>): BindingEntry[] {
  // If a file has a license twice, its bindings are stored once.
  const pending = new Set(inserted);
  return batch
    .filter(({ license }) => pending.delete(license.id))
    .flatMap(({ line, license }) =>
      (license.bindings ?? []).map((binding) => ({ ...binding, licenseId: license.id, line })),
    );
}

async function auditImport(
  em: EntityManager,
  operator: string,
  { imported, known, bindings }: Imported,
): Promise<void> {
  if (imported === 0) return;
  const detail = `from an export; ${known} known already; ${bindings} bindings`;
  await writeAudit(em, { operator, action: 'import', licenseId: null, count: imported, detail });
}
