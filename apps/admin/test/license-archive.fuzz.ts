import { afterAll, beforeAll } from '@jest/globals';
import { fuzz } from '@white-rabbit/testing/fuzz';
import type { MikroORM } from '@mikro-orm/postgresql';
import {
  ArchiveRefused,
  exportLicenses,
  importLicenses,
  migrate,
  openLicenseOrm,
  readHeader,
} from '@white-rabbit/license';
import { startThrowawayPostgres, type ThrowawayPostgres } from '@white-rabbit/license/embedded';

const CREATED = '2026-01-02T03:04:05.678Z';

const license = {
  id: '01234567-89ab-cdef-0123-456789abcdef',
  key_hash: 'a1'.repeat(32),
  hint: 'ABCD',
  state: 'active',
  max_devices: 2,
  expires_at: null,
  revoked_at: null,
  created_at: CREATED,
  transferred_at: null,
};
const binding = {
  slot: 1,
  device_hash: 'd'.repeat(43),
  peer_id: 'peer-0001',
  public_key: null,
  bound_at: CREATED,
};
const other = { ...license, id: license.id.replace('0', '1'), key_hash: 'b2'.repeat(32) };
const revoked = { ...other, state: 'revoked', revoked_at: CREATED };

const archive = (bindings: boolean, ...licenses: readonly object[]) =>
  [{ format: 'white-rabbit-licenses', version: 1, licenses: licenses.length, bindings, exported_at: CREATED }]
    .concat(licenses as never[])
    .map((line) => JSON.stringify(line))
    .join('\n');

let postgres: ThrowawayPostgres;
let orm: MikroORM;

beforeAll(async () => {
  postgres = await startThrowawayPostgres();
  await migrate(postgres.url);
  orm = await openLicenseOrm({ databaseUrl: postgres.url });
}, 60_000);

afterAll(async () => {
  await orm.close();
  await postgres.stop();
});

/** The lines of the stored licenses, without the header. */
function stored(bindings: boolean): Promise<readonly unknown[]> {
  return exportLicenses(orm, { bindings }, async ({ batches }) => {
    const lines: unknown[] = [];
    for await (const batch of batches) lines.push(...batch);
    return lines;
  });
}

// eslint-disable-next-line @typescript-eslint/require-await -- a file's lines come like this
async function* linesOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

fuzz({
  name: 'the import of a license archive',
  cases: new URL('license-archive.fuzz-cases/', import.meta.url),
  seeds: [
    archive(false),
    archive(false, license, other),
    archive(true, { ...license, bindings: [binding] }),
    archive(
      true,
      { ...license, bindings: [] },
      { ...revoked, bindings: [{ ...binding, device_hash: 'e'.repeat(43), peer_id: 'peer-0002' }] },
    ),
  ],
  tokens: [
    'null',
    'true',
    '"active"',
    '"revoked"',
    '{}',
    '[]',
    ',',
    '\n',
    '"bindings":',
    '"__proto__":{}',
    '1e9',
    '\\u0000',
  ],
  run: async (input) => {
    const [first = '', ...lines] = input.split('\n');
    const header = readHeader(first);
    if (header === undefined) return 'no archive';
    try {
      const { imported, bindings } = await importLicenses(orm, header, linesOf(lines));
      const found = await stored(header.bindings);
      if (found.length !== imported || imported !== header.licenses)
        throw new Error(`${imported} licenses were imported and ${found.length} are stored.`);
      return `imported ${imported} with ${bindings}`;
    } catch (error) {
      if (!(error instanceof ArchiveRefused)) throw error;
      const left = await stored(false);
      if (left.length > 0) throw new Error('A refused archive was imported in part.', { cause: error });
      // The first problem, without the numbers of lines.
      return (error.message.split('\n')[1] ?? '').replaceAll(/\d+/g, 'N');
    } finally {
      await orm.em.getConnection().execute('truncate license, identity cascade');
    }
  },
});
