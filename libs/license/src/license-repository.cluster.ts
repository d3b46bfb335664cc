import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { ThrowawayPostgres } from './embedded/throwaway-postgres.js';
import { startThrowawayPostgres } from './embedded/throwaway-postgres.js';
import { inTransaction } from './in-transaction.js';
import type { LicenseKey } from './license-key.js';
import { generateLicenseKey } from './license-key.js';
import { LicenseOffice } from './license-office.js';
import { openLicenseOrm } from './license-orm.js';
import { FACTS } from './license-queries.js';
import type { LicenseTerms } from './license-records.js';
import { parseLicenseReference } from './license-reference.js';
import { migrate } from './migrate.js';
import { MikroLicenseRepository } from './mikro-license-repository.js';
import type { PgPool } from './pg-pool.js';
import { pgPool } from './pg-pool.js';
import { keyHash } from './key-hash.js';
import type { RefusalCode, Verdict } from './verdict.js';

/** Clients are promised an answer within 3 s. */
const PROMISED_MS = 3_000;

let postgres: ThrowawayPostgres;
let orm: MikroORM;
let pool: PgPool;
let office: LicenseOffice;
let licenses: MikroLicenseRepository;
const teardown: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  postgres = await startThrowawayPostgres();
  await migrate(postgres.url);
  orm = await openLicenseOrm({ databaseUrl: postgres.url });
  pool = await pgPool(orm);
  office = new LicenseOffice(orm);
  licenses = new MikroLicenseRepository(orm);
}, 30_000);

afterEach(async () => {
  for (const undo of teardown.splice(0).reverse()) await undo();
});

afterAll(async () => {
  await orm.close();
  await postgres.stop();
});

let lastPerson = 0;
const person = (): [DeviceId, PeerId] => {
  const n = ++lastPerson;
  return [`device-${n}` as DeviceId, `peer-${n}-x` as PeerId];
};

async function issue(terms: Partial<LicenseTerms> = {}): Promise<LicenseKey> {
  for await (const [license] of office.issue(1, { maxDevices: 1, expiresAt: null, ...terms }))
    if (license !== undefined) return license.key;
  throw new Error('Nothing was issued.');
}

const reference = (key: string) => {
  const found = parseLicenseReference(key);
  if (found === undefined) throw new Error('Not a key.');
  return found;
};

const refusal = (code: RefusalCode): Verdict => ({ outcome: 'refused', code });
const accepted = expect.objectContaining({ outcome: 'accepted' });
const codeOf = (verdict: Verdict) => (verdict.outcome === 'accepted' ? 'accepted' : verdict.code);

async function count(sql: string): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n ${sql}`);
  return rows[0]?.n ?? -1;
}

describe('a license check', () => {
  test('binds a device and its peer at first, and accepts them ever after', async () => {
    const [key, [device, peer]] = [await issue(), person()];
    const first = await licenses.authorize(key, device, peer);
    expect(first).toEqual(accepted);
    expect(await licenses.authorize(key, device, peer)).toEqual(first);
    expect(await licenses.authorize(key.toLowerCase().replaceAll('-', ' '), device, peer)).toEqual(first);
  });

  test('refuses texts that are not keys, and keys that nobody issued, alike', async () => {
    for (const key of ['', 'WR1-AAAAA', 'x'.repeat(10_000), generateLicenseKey()])
      expect(await licenses.authorize(key, ...person())).toEqual(refusal('license_invalid'));
  });

  test('refuses a revoked license, bound or not, and accepts it again when restored', async () => {
    const [key, who] = [await issue({ maxDevices: 2 }), person()];
    await licenses.authorize(key, ...who);
    expect(await office.revoke(reference(key))).toBe('changed');
    expect(await licenses.authorize(key, ...who)).toEqual(refusal('license_revoked'));
    expect(await licenses.authorize(key, ...person())).toEqual(refusal('license_revoked'));
    expect(await office.restore(reference(key))).toBe('changed');
    expect(await licenses.authorize(key, ...who)).toEqual(accepted);
  });

  test('refuses an expired license', async () => {
    const key = await issue({ expiresAt: new Date('2020-01-01') });
    expect(await licenses.authorize(key, ...person())).toEqual(refusal('license_expired'));
    const lasting = await issue({ expiresAt: new Date('2100-01-01') });
    expect(await licenses.authorize(lasting, ...person())).toEqual(accepted);
  });

  test('refuses one device more than the license has', async () => {
    const key = await issue({ maxDevices: 2 });
    const people = [person(), person()] as const;
    for (const who of people) expect(await licenses.authorize(key, ...who)).toEqual(accepted);
    expect(await licenses.authorize(key, ...person())).toEqual(refusal('license_device_limit'));
    for (const who of people) expect(await licenses.authorize(key, ...who)).toEqual(accepted);
  });

  test('refuses a bound device that comes with another peer', async () => {
    const [key, [device, peer], [, stranger]] = [await issue({ maxDevices: 2 }), person(), person()];
    await licenses.authorize(key, device, peer);
    expect(await licenses.authorize(key, device, stranger)).toEqual(refusal('license_identity_mismatch'));
  });

  test('keeps a device and its peer together under any license', async () => {
    const [device, peer] = person();
    const [otherDevice, otherPeer] = person();
    await licenses.authorize(await issue(), device, peer);
    const key = await issue();
    expect(await licenses.authorize(key, device, otherPeer)).toEqual(refusal('license_identity_mismatch'));
    expect(await licenses.authorize(key, otherDevice, peer)).toEqual(refusal('peer_id_taken'));
    expect(await licenses.authorize(key, device, peer)).toEqual(accepted);
  });

  test('lets a released device and peer be bound anew', async () => {
    const [key, [device, peer], [newDevice]] = [await issue(), person(), person()];
    await licenses.authorize(key, device, peer);
    expect(await licenses.authorize(key, newDevice, peer)).toEqual(refusal('license_device_limit'));
    expect(await office.release(reference(key), device)).toEqual({ outcome: 'released', peerFreed: true });
    expect(await licenses.authorize(key, newDevice, peer)).toEqual(accepted);
  });

  test('keeps a released peer taken while another license binds it', async () => {
    const [one, other, [device, peer], [newDevice]] = [await issue(), await issue(), person(), person()];
    for (const key of [one, other]) await licenses.authorize(key, device, peer);
    expect(await office.release(reference(one), device)).toEqual({ outcome: 'released', peerFreed: false });
    expect(await licenses.authorize(one, newDevice, peer)).toEqual(refusal('peer_id_taken'));
    expect(await office.release(reference(other), device)).toEqual({ outcome: 'released', peerFreed: true });
    expect(await licenses.authorize(one, newDevice, peer)).toEqual(accepted);
  });

  test('takes the lowest slot that is free', async () => {
    const [key, first, second, third] = [await issue({ maxDevices: 2 }), person(), person(), person()];
    for (const who of [first, second]) await licenses.authorize(key, ...who);
    await office.release(reference(key), first[0]);
    await licenses.authorize(key, ...third);
    const shown = await office.show(reference(key));
    expect(shown?.bindings.map(({ slot, deviceId }) => [slot, deviceId])).toEqual([
      [1, third[0]],
      [2, second[0]],
    ]);
  });
});

describe('the cost of a known device', () => {
  test('is one query, by indexes alone', async () => {
    const [key, [device, peer]] = [await issue(), person()];
    await licenses.authorize(key, device, peer);
    const sent = await queriesDuring(() => licenses.authorize(key, device, peer));
    expect(sent).toEqual([FACTS.name]);
  });

  test('does not grow with the licenses', async () => {
    await inTransaction(pool, async (client) => {
      await client.query(`insert into license (id, key_hash, hint, max_devices)
        select gen_random_uuid(), sha256(n::text::bytea), 'ABCD', 1 from generate_series(1, 20000) n`);
      await client.query(
        `insert into identity select 'bulk-device-' || n, 'bulk-peer-' || n from generate_series(1, 20000) n`,
      );
      await client.query(
        `insert into binding select id, 'bulk-device-' || row_number() over (), 1 from license where hint = 'ABCD'`,
      );
      await client.query('analyze license, identity, binding');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `explain (costs off) execute_me`.replace(
          'execute_me',
          FACTS.text.replace('$1', `'\\x00'`).replaceAll('$2', `'d'`).replaceAll('$3', `'p'`),
        ),
      );
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain('license_key_hash_unique');
      expect(plan).not.toContain('Seq Scan');
      await client.query(`delete from binding where device_id like 'bulk%'`);
    });
  }, 30_000);
});

describe('those who come at once', () => {
  test.each([1, 3])('200 devices on one key with %i places: so many are bound', async (maxDevices) => {
    const key = await issue({ maxDevices });
    const verdicts = await Promise.all(Array.from({ length: 200 }, () => licenses.authorize(key, ...person())));
    const codes = verdicts.map(codeOf);
    expect(codes.filter((code) => code === 'accepted')).toHaveLength(maxDevices);
    expect(codes.filter((code) => code === 'license_device_limit')).toHaveLength(200 - maxDevices);
    expect(
      await count(
        `from binding b join license l on l.id = b.license_id where l.key_hash = '\\x${keyHash(key).toString('hex')}'`,
      ),
    ).toBe(maxDevices);
  });

  test('one device 50 times: bound once, accepted each time', async () => {
    const [key, who] = [await issue({ maxDevices: 5 }), person()];
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => licenses.authorize(key, ...who)));
    expect(new Set(verdicts.map(codeOf))).toEqual(new Set(['accepted']));
    expect((await office.show(reference(key)))?.bindings).toHaveLength(1);
  });

  test('two devices with two keys for one peer: one has it', async () => {
    for (let round = 0; round < 20; round++) {
      const [keys, peer] = [[await issue(), await issue()], person()[1]];
      const verdicts = await Promise.all(keys.map((key) => licenses.authorize(key, person()[0], peer)));
      expect(verdicts.map(codeOf).sort()).toEqual(['accepted', 'peer_id_taken']);
    }
  });

  test('one device with two keys for two peers: one pair is made', async () => {
    for (let round = 0; round < 20; round++) {
      const [keys, device] = [[await issue(), await issue()], person()[0]];
      const verdicts = await Promise.all(keys.map((key) => licenses.authorize(key, device, person()[1])));
      expect(verdicts.map(codeOf).sort()).toEqual(['accepted', 'license_identity_mismatch']);
    }
  });

  test('one device and peer with two keys: both are accepted', async () => {
    for (let round = 0; round < 20; round++) {
      const [keys, who] = [[await issue(), await issue()], person()];
      const verdicts = await Promise.all(keys.map((key) => licenses.authorize(key, ...who)));
      expect(verdicts.map(codeOf)).toEqual(['accepted', 'accepted']);
    }
  });

  test('activations and releases of one device under two licenses: never half of anything', async () => {
    const [one, other, [device, peer]] = [await issue(), await issue(), person()];
    for (let round = 0; round < 30; round++) {
      await Promise.all([
        licenses.authorize(one, device, peer),
        licenses.authorize(other, device, peer),
        office.release(reference(one), device),
        office.release(reference(other), device),
      ]);
      expect(await count(`from binding left join identity using (device_id) where peer_id is null`)).toBe(0);
    }
    expect(await licenses.authorize(one, device, peer)).toEqual(accepted);
  });
});

describe('an activation whose connection is killed', () => {
  test('is whole or absent, and asking again is safe', async () => {
    const [key, who] = [await issue(), person()];
    await inTransaction(pool, async (blocker) => {
      await blocker.query('select from license where key_hash = $1 for update', [keyHash(key)]);
      const verdict = licenses.authorize(key, ...who);
      await until(async () => (await terminateWaiting()) > 0);
      expect(await verdict).toEqual(refusal('license_unavailable'));
    });
    expect((await office.show(reference(key)))?.bindings).toEqual([]);
    expect(await licenses.authorize(key, ...who)).toEqual(accepted);
    expect((await office.show(reference(key)))?.bindings).toHaveLength(1);
  });
});

describe('without an answer from the database', () => {
  test('a refused connection: unavailable at once', async () => {
    const { reasons, repository } = await repositoryAt('postgresql://x:y@127.0.0.1:1/z');
    const took = await timed(() => repository.authorize(generateLicenseKey(), ...person()));
    expect(took).toEqual({ result: refusal('license_unavailable'), inTime: true });
    expect(reasons).toEqual(['ECONNREFUSED']);
  });

  test('a server that accepts and says nothing: unavailable in time, every one of 50', async () => {
    const url = await silentServer();
    const { repository } = await repositoryAt(url);
    const ask = () => timed(() => repository.authorize(generateLicenseKey(), ...person()));
    for (const took of await Promise.all(Array.from({ length: 50 }, ask)))
      expect(took).toEqual({ result: refusal('license_unavailable'), inTime: true });
  }, 10_000);

  test('a connection that falls silent: unavailable in time, and well again afterwards', async () => {
    const line = await interruptibleLine();
    const { repository } = await repositoryAt(line.url);
    const [key, who] = [await issue(), person()];
    expect(await repository.authorize(key, ...who)).toEqual(accepted);
    line.silence();
    expect(await timed(() => repository.authorize(key, ...who))).toEqual({
      result: refusal('license_unavailable'),
      inTime: true,
    });
    line.heal();
    expect(await timed(() => repository.authorize(key, ...who))).toEqual({ result: accepted, inTime: true });
  }, 10_000);

  test('a lock that somebody holds: unavailable in time, nothing is bound later', async () => {
    const [key, who] = [await issue(), person()];
    await inTransaction(pool, async (blocker) => {
      await blocker.query('select from license where key_hash = $1 for update', [keyHash(key)]);
      expect(await timed(() => licenses.authorize(key, ...who))).toEqual({
        result: refusal('license_unavailable'),
        inTime: true,
      });
    });
    expect((await office.show(reference(key)))?.bindings).toEqual([]);
    expect(await licenses.authorize(key, ...who)).toEqual(accepted);
  }, 10_000);

  test('all connections busy: those who wait are told in time, one too many at once', async () => {
    const { reasons, repository } = await repositoryAt(await silentServer(), { concurrency: 2, maxWaiting: 3 });
    const asked = Array.from({ length: 5 }, () => timed(() => repository.authorize(generateLicenseKey(), ...person())));
    expect(repository.waiting).toBe(3);
    expect(await repository.authorize(generateLicenseKey(), ...person())).toEqual(refusal('license_unavailable'));
    expect(reasons).toEqual(['queue_full']);
    for (const took of await Promise.all(asked))
      expect(took).toEqual({ result: refusal('license_unavailable'), inTime: true });
  }, 10_000);

  test('the server is killed and comes back: unavailable, then well, with the same repository', async () => {
    const [key, who] = [await issue(), person()];
    await licenses.authorize(key, ...who);
    await pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'`,
    );
    await until(async () => (await licenses.authorize(key, ...who)).outcome === 'accepted');
    expect(await licenses.authorize(key, ...who)).toEqual(accepted);
  });
});

async function repositoryAt(databaseUrl: string, options: { concurrency?: number; maxWaiting?: number } = {}) {
  const other = await openLicenseOrm({ databaseUrl });
  teardown.push(() => other.close());
  const reasons: string[] = [];
  const repository = new MikroLicenseRepository(other, { ...options, onUnavailable: (reason) => reasons.push(reason) });
  return { reasons, repository };
}

/** Accepts connections and never says a word. */
async function silentServer(): Promise<string> {
  return (await listen(() => undefined)).url;
}

/** A way to PostgreSQL on which everything can be dropped, both ways, with the connections left open. */
async function interruptibleLine() {
  let silent = false;
  const { port } = new URL(postgres.url);
  const { url } = await listen((near, remember) => {
    // What is connected while silent stays silent.
    const line = { silent };
    const far = connect(Number(port), '127.0.0.1');
    remember(far);
    near.on('data', (chunk) => line.silent || silent || far.write(chunk));
    far.on('data', (chunk) => line.silent || silent || near.write(chunk));
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
  });
  return { url, silence: () => (silent = true), heal: () => (silent = false) };
}

async function listen(onConnection: (socket: Socket, remember: (s: Socket) => void) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    onConnection(socket, (other) => sockets.add(other));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  teardown.unshift(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  });
  const address = server.address();
  const url = new URL(postgres.url);
  url.port = String(typeof address === 'object' ? address?.port : 0);
  return { url: url.href };
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; inTime: boolean }> {
  const began = performance.now();
  const result = await work();
  return { result, inTime: performance.now() - began < PROMISED_MS };
}

/** Asks again and again until it is so. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!(await isSo())) if (performance.now() > deadline) throw new Error('It never came to be.');
}

async function terminateWaiting(): Promise<number> {
  const { rowCount } = await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
  );
  return rowCount ?? 0;
}

/** The names of the prepared queries, or the texts of others, that any connection of the pool sends meanwhile. */
async function queriesDuring(work: () => Promise<unknown>): Promise<string[]> {
  const client = await pool.connect();
  const prototype = Object.getPrototypeOf(client) as { query: (...args: unknown[]) => unknown };
  client.release();
  const original = prototype.query;
  const sent: string[] = [];
  prototype.query = function (this: unknown, ...args: unknown[]) {
    const query = args[0] as string | { name: string };
    sent.push(typeof query === 'string' ? query : query.name);
    return original.apply(this, args);
  };
  try {
    await work();
  } finally {
    prototype.query = original;
  }
  return sent;
}
