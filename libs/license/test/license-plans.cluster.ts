import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import { type PgClient, type Statement, bindValues } from '../src/pg-pool.js';
import { CHANGED_AFTER, CHANGED_SINCE, PEERS_ON } from '../src/changed-licenses.js';
import { BIND, statementsOf } from '../src/activation-changes.js';
import type { ActivationChange } from '../src/activation-rule.js';
import type { DeviceHash } from '../src/device-hash.js';
import { LOCK_IDENTITIES } from '../src/license-activation.js';
import { FACTS, TRANSFER_FACTS, factStatements } from '../src/license-facts.js';
import { CHANGES_PER_PAGE } from '../src/license-repository.js';
import type { LicenseId } from '../src/verdict.js';
import { count, newKey, pool, revokeMany, unhurried, inTransaction } from './license-scene.js';

jest.setTimeout(120_000);

const LICENSES = 400_000;
/** Half of them are over: 7 days are 10,080 minutes. */
const QUARANTINES = 20_000;
/** Descents of an index of this size, and the few rows that they lead to. Pages of 8 KiB. */
const FEW_BUFFERS = 20;

/** A node of `explain (format json)`. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Total Cost': number;
  readonly 'Actual Rows': number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

interface Explained {
  readonly Plan: PlanNode;
  /** Present if the query was compiled. */
  readonly JIT?: object;
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
const buffersOf = ({ Plan }: Explained) => Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks'];

/** Settings of the planner: those of a server where the migration could not set any, the same without JIT, and ours. */
const PLANNERS = {
  'JIT on': ['set local jit = on', 'set local enable_seqscan = on'],
  'JIT off': ['set local jit = off', 'set local enable_seqscan = on'],
  migrated: [],
} as const;

type Planner = keyof typeof PLANNERS;

/** Runs a statement with these settings of the planner, and gives the plan that it had. */
async function explain(statement: Statement, planner: Planner, ...values: readonly unknown[]): Promise<Explained> {
  return inTransaction(pool, (client) => explainWithin(client, statement, planner, ...values));
}

async function explainWithin(
  client: PgClient,
  statement: Statement,
  planner: Planner,
  ...values: readonly unknown[]
): Promise<Explained> {
  for (const setting of PLANNERS[planner]) await client.query(setting);
  const { rows } = await client.query<{ 'QUERY PLAN': readonly [Explained] }>(
    `explain (analyze, buffers, format json) ${statement.text}`,
    values,
  );
  const explained = rows[0]?.['QUERY PLAN'][0];
  if (explained === undefined) throw new Error('There is no plan.');
  return explained;
}

async function jitAboveCost(): Promise<number> {
  const { rows } = await pool.query<{ jit_above_cost: string }>('show jit_above_cost');
  return Number(rows[0]?.jit_above_cost);
}

/** What must hold whatever the planner believes: every table by an index, and too cheap on paper to be compiled. */
async function expectCheap(explained: Explained): Promise<void> {
  expect(nodesOf(explained.Plan).filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([]);
  expect(explained.Plan['Total Cost']).toBeLessThan(await jitAboveCost());
  expect(explained.JIT).toBeUndefined();
}

/** Tables that the planner knows to be empty: it would scan them, and keep that plan while they grow. */
describe('With empty tables and their statistics,', () => {
  beforeAll(async () => {
    await unhurried('analyze license, identity, binding, quarantine');
  });

  test('the first register of a device reads every table by an index', async () => {
    const hash = Buffer.alloc(32);
    const applicant = { device: 'device-first' as DeviceHash, peer: 'peer-first' as PeerId, key: newKey() };
    const id = '00000000-0000-4000-8000-000000000000' as LicenseId;
    const decision = {
      outcome: 'activate',
      licenseId: id,
      expiresInMs: undefined,
      changes: [{ kind: 'bind' }],
    } as const;
    const statements = [
      ...factStatements({ ...applicant, hash, transferDays: 30 }),
      bindValues(LOCK_IDENTITIES, applicant.device, applicant.peer, hash, true),
      ...statementsOf(decision, applicant),
    ];
    for (const statement of statements) {
      const { Plan } = await explain(statement, 'migrated', ...statement.values);
      expect(nodesOf(Plan).filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([]);
    }
  });
});

describe('With 400,000 licenses, no statistics and JIT,', () => {
  /** Full tables that were never analyzed, as after a large import. */
  beforeAll(async () => {
    await unhurried(
      ...['license', 'identity', 'binding', 'quarantine'].map(
        (table) => `alter table ${table} set (autovacuum_enabled = false)`,
      ),
      `insert into license (id, key_hash, hint, max_devices)
       select md5(n::text)::uuid, sha256(n::text::bytea), 'FULL', 1 from generate_series(1, ${LICENSES}) n`,
      `insert into identity select 'device-' || n, 'peer-full-' || n from generate_series(1, ${LICENSES}) n`,
      `insert into binding (license_id, device_hash, slot)
       select md5(n::text)::uuid, 'device-' || n, 1 from generate_series(1, ${LICENSES}) n`,
      `insert into identity select 'lost-' || n, 'peer-lost-' || n from generate_series(1, ${QUARANTINES}) n`,
      `insert into quarantine (license_id, device_hash, taken_by, moved_at)
       select md5(n::text)::uuid, 'lost-' || n, 'device-' || n, now() - n * interval '1 minute'
       from generate_series(1, ${QUARANTINES}) n`,
    );
    const { rows } = await pool.query(`select from pg_statistic where starelid = 'license'::regclass`);
    expect(rows).toEqual([]);
  }, 300_000);

  test.each([
    ['the poll', '2999-01-01'],
    ['the first poll', null],
  ])('%s reads a few pages of one index and is not compiled', async (_, since) => {
    const explained = await explain(CHANGED_SINCE, 'JIT on', since);
    await expectCheap(explained);
    expect(nodesOf(explained.Plan).map((node) => node['Index Name'])).toContain('license_changed_at_id_index');
    expect(buffersOf(explained)).toBeLessThan(FEW_BUFFERS);
  });

  test('the check of a known device reads a few pages and is not compiled', async () => {
    const { rows } = await pool.query<{ hash: Buffer }>(`select sha256('7') as hash`);
    const explained = await explain(FACTS, 'JIT on', rows[0]?.hash, 'device-7', 'peer-full-7');
    await expectCheap(explained);
    expect(explained.Plan['Actual Rows']).toBe(1);
    expect(buffersOf(explained)).toBeLessThan(2 * FEW_BUFFERS);
  });

  test('the facts of a transfer and the binding of a device read a few pages and are not compiled', async () => {
    const { rows } = await pool.query<{ hash: Buffer; id: string }>(`select key_hash as hash, id from license limit 1`);
    const facts = await explain(TRANSFER_FACTS, 'JIT on', rows[0]?.hash, 30);
    await expectCheap(facts);
    expect(facts.Plan['Actual Rows']).toBe(1);
    expect(buffersOf(facts)).toBeLessThan(2 * FEW_BUFFERS);
    await pool.query('update license set max_devices = 2 where id = $1', [rows[0]?.id]);
    await expectCheap(await explain(BIND, 'JIT on', rows[0]?.id, 'lost-19000'));
    expect(await count(`from binding where device_hash = 'lost-19000'`)).toBe(1);
  });

  test.each([
    ['a new device', 'device-new', 'peer-new'],
    ['a device in quarantine', 'lost-7', 'peer-lost-7'],
    ['a peer of another device', 'device-new', 'peer-full-8'],
    ['a device of another license', 'device-8', 'peer-full-8'],
  ])('the facts about %s read a few pages and are not compiled', async (_, device, peer) => {
    const { rows } = await pool.query<{ hash: Buffer }>(`select sha256('7') as hash`);
    const explained = await explain(FACTS, 'JIT on', rows[0]?.hash, device, peer);
    await expectCheap(explained);
    expect(explained.Plan['Actual Rows']).toBe(1);
    expect(buffersOf(explained)).toBeLessThan(3 * FEW_BUFFERS);
  });

  test('the locks of an activation read a few pages and are not compiled', async () => {
    const { rows } = await pool.query<{ hash: Buffer }>(`select sha256('7') as hash`);
    const explained = await explain(LOCK_IDENTITIES, 'JIT on', 'lost-7', 'peer-new', rows[0]?.hash, true);
    await expectCheap(explained);
    expect(explained.Plan['Actual Rows']).toBe(2);
    expect(buffersOf(explained)).toBeLessThan(2 * FEW_BUFFERS);
  });

  test('the statements of an activation read a few pages and are not compiled', async () => {
    const { rows } = await pool.query<{ id: string }>(`select md5('7')::uuid as id`);
    const decision = { outcome: 'activate', licenseId: rows[0]?.id as LicenseId, expiresInMs: undefined } as const;
    const from = 'device-7' as DeviceHash;
    const changes: readonly ActivationChange[] = [
      { kind: 'move_identity', from: 'device-9' as DeviceHash },
      { kind: 'set_key' },
      { kind: 'end_later_quarantines' },
      { kind: 'take_slot', from },
      { kind: 'free_identity', device: from },
      { kind: 'quarantine', device: 'device-11' as DeviceHash },
      { kind: 'note_transfer', isCancelled: false },
    ];
    const applicant = { device: 'device-of-9' as DeviceHash, peer: 'peer-full-9' as PeerId, key: newKey() };
    await inTransaction(pool, async (client) => {
      for (const statement of statementsOf({ ...decision, changes }, applicant)) {
        const explained = await explainWithin(client, statement, 'JIT on', ...statement.values);
        await expectCheap(explained);
        const most = statement.name === 'license-forget-quarantined' ? 100 * FEW_BUFFERS : 4 * FEW_BUFFERS;
        expect(buffersOf(explained)).toBeLessThan(most);
      }
      await client.query('rollback');
    });
  });

  test('a page of a bulk revocation reads only its own rows and is not compiled', async () => {
    await unhurried(...revokeMany(50_000, `hint = 'FULL'`));
    const { rows } = await pool.query<{ id: string; at: string }>(
      `select id, changed_at::text as at from license where changed_at is not null order by changed_at, license.id offset 30000 limit 1`,
    );
    const pages = [
      await explain(CHANGED_SINCE, 'JIT on', null),
      await explain(CHANGED_AFTER, 'JIT on', rows[0]?.at, rows[0]?.id),
      await explain(CHANGED_AFTER, 'JIT on', '2999-01-01', rows[0]?.id),
    ];
    for (const page of pages) await expectCheap(page);
    expect(pages.map(({ Plan }) => Plan['Actual Rows'])).toEqual([CHANGES_PER_PAGE, CHANGES_PER_PAGE, 1]);
    for (const page of pages) expect(buffersOf(page)).toBeLessThan(2 * CHANGES_PER_PAGE);
  });

  test('the peers of a page of licenses are read by indexes', async () => {
    const { rows } = await pool.query<{ ids: string[] }>(
      `select array_agg(id) as ids from (select id from license limit ${CHANGES_PER_PAGE}) few`,
    );
    const explained = await explain(PEERS_ON, 'JIT off', rows[0]?.ids);
    expect(nodesOf(explained.Plan).filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([]);
    expect(buffersOf(explained)).toBeLessThan(20 * CHANGES_PER_PAGE);
  });
});
