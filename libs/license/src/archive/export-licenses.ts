import { type EntityManager, type MikroORM, IsolationLevel } from '@mikro-orm/postgresql';
import type { PeerId } from '@white-rabbit/protocol';
import { Binding, License } from '../entities.js';
import { allowSlowReader, createdAfter, OLDEST_FIRST } from '../license-rows.js';
import type { LicenseCursor } from '../license-records.js';
import {
  type ArchivedBinding,
  type ArchivedLicense,
  type ArchiveHeader,
  ARCHIVE_BATCH,
  ARCHIVE_FORMAT,
  ARCHIVE_VERSION,
} from './archive-format.js';

/** What to export. */
export interface ExportOptions {
  /** Include the ids of devices and peers. Default `false`. */
  readonly bindings?: boolean;
}

/** An export in progress: the header first, then the licenses, batch after batch. */
export interface LicenseExport {
  readonly header: ArchiveHeader;
  /** Each batch is read from the database when it is requested. */
  readonly batches: AsyncIterable<readonly ArchivedLicense[]>;
}

/**
 * Reads all licenses as of one moment, however many there are and whatever is changed meanwhile. Resolves with the result of
 * `consume`; the snapshot lasts until then. Rejects with the error of `consume` or of the driver.
 */
export async function exportLicenses<T>(
  orm: MikroORM,
  { bindings = false }: ExportOptions,
  consume: (source: LicenseExport) => Promise<T>,
): Promise<T> {
  return orm.em.fork().transactional(
    async (em) => {
      await allowSlowReader(em);
      const header: ArchiveHeader = {
        format: ARCHIVE_FORMAT,
        version: ARCHIVE_VERSION,
        licenses: await em.count(License),
        bindings,
        exported_at: new Date().toISOString(),
      };
      return consume({ header, batches: batchesOf(em, bindings) });
    },
    { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true },
  );
}

async function* batchesOf(em: EntityManager, withBindings: boolean): AsyncGenerator<readonly ArchivedLicense[], void> {
  let last: LicenseCursor | undefined;
  for (;;) {
    const page = await em.find(License, createdAfter(last), {
      orderBy: OLDEST_FIRST,
      limit: ARCHIVE_BATCH,
      disableIdentityMap: true,
    });
    const bindings = withBindings ? await bindingsOf(em, page) : undefined;
    if (page.length > 0) yield page.map((license) => archived(license, bindings));
    if (page.length < ARCHIVE_BATCH) return;
    last = page.at(-1);
  }
}

type Bindings = ReadonlyMap<string, readonly ArchivedBinding[]>;

/** The bindings of these licenses, by license, in the order of their slots. */
async function bindingsOf(em: EntityManager, licenses: readonly License[]): Promise<Bindings> {
  const rows = await em.find(
    Binding,
    { license: { $in: licenses.map(({ id }) => id) } },
    { populate: ['identity'], orderBy: { slot: 'asc' }, disableIdentityMap: true },
  );
  const found = new Map<string, ArchivedBinding[]>();
  for (const { license, identity, slot, boundAt } of rows) {
    const { deviceHash, peerId, publicKey } = identity;
    const names = { device_hash: deviceHash, peer_id: peerId as PeerId, public_key: publicKey };
    const binding: ArchivedBinding = { slot, ...names, bound_at: boundAt.toISOString() };
    const list = found.get(license.id);
    if (list === undefined) found.set(license.id, [binding]);
    else list.push(binding);
  }
  return found;
}

function archived(license: License, bindings: Bindings | undefined): ArchivedLicense {
  return {
    id: license.id,
    key_hash: license.keyHash.toString('hex'),
    hint: license.hint,
    state: license.state,
    max_devices: license.maxDevices,
    expires_at: license.expiresAt?.toISOString() ?? null,
    revoked_at: license.revokedAt?.toISOString() ?? null,
    created_at: license.createdAt.toISOString(),
    transferred_at: license.transferredAt?.toISOString() ?? null,
    ...(bindings && { bindings: bindings.get(license.id) ?? [] }),
  };
}
