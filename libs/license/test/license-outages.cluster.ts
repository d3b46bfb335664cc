import { describe, expect, test } from '@jest/globals';
import { type Socket, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyHash, generateLicenseKey } from '../src/license-key.js';
import { openLicenseOrm } from '../src/license-orm.js';
import { PostgresLicenseRepository } from '../src/postgres-license-repository.js';
import {
  accepted,
  issue,
  licenses,
  admin,
  newIdentity,
  pool,
  postgres,
  urls,
  reference,
  refusal,
  teardown,
  until,
  inTransaction,
} from './license-scene.js';

/** The protocol promises clients an answer within 3 s. */
const PROMISED_MS = 3_000;

describe('PostgresLicenseRepository.authorize', () => {
  test('returns license_unavailable at once if the connection is refused', async () => {
    const { reasons, repository } = await repositoryAt('postgresql://x:y@127.0.0.1:1/z');
    const took = await timed(() => repository.authorize(generateLicenseKey(), ...newIdentity()));
    expect(took).toEqual({ result: refusal('license_unavailable'), inTime: true });
    expect(reasons).toEqual(['ECONNREFUSED']);
  });

  test('returns license_unavailable in time for each of 50 checks if the server does not respond', async () => {
    const url = await silentServer();
    const { repository } = await repositoryAt(url);
    const check = () => timed(() => repository.authorize(generateLicenseKey(), ...newIdentity()));
    for (const took of await Promise.all(Array.from({ length: 50 }, check)))
      expect(took).toMatchObject({ result: refusal('license_unavailable'), inTime: true });
  }, 10_000);

  test('returns license_unavailable in time if a connection stalls, and recovers afterwards', async () => {
    const line = await interruptibleLine();
    const { repository } = await repositoryAt(line.url);
    const [key, identity] = [await issue(), newIdentity()];
    expect(await repository.authorize(key, ...identity)).toEqual(accepted);
    line.silence();
    expect(await timed(() => repository.authorize(key, ...identity))).toEqual({
      result: refusal('license_unavailable'),
      inTime: true,
    });
    line.heal();
    expect(await timed(() => repository.authorize(key, ...identity))).toEqual({ result: accepted, inTime: true });
  }, 10_000);

  test('returns license_unavailable in time if another transaction holds the lock, and binds nothing later', async () => {
    const [key, identity] = [await issue(), newIdentity()];
    await inTransaction(pool, async (blocker) => {
      await blocker.query('select from license where key_hash = $1 for update', [keyHash(key)]);
      expect(await timed(() => licenses.authorize(key, ...identity))).toEqual({
        result: refusal('license_unavailable'),
        inTime: true,
      });
    });
    expect((await admin.show(reference(key)))?.bindings).toEqual([]);
    expect(await licenses.authorize(key, ...identity)).toEqual(accepted);
  }, 10_000);

  test('returns license_unavailable in time if the look-ups hang, and at once if the queue is full', async () => {
    const { reasons, repository } = await repositoryAt(await silentServer(), { lookUps: 2, maxWaiting: 3 });
    const checks = Array.from({ length: 5 }, () =>
      timed(() => repository.authorize(generateLicenseKey(), ...newIdentity())),
    );
    expect(repository.waiting).toBe(3);
    expect(await repository.authorize(generateLicenseKey(), ...newIdentity())).toEqual({
      ...refusal('license_unavailable'),
      retryAfterMs: expect.any(Number),
    });
    expect(reasons).toEqual(['queue_full']);
    for (const took of await Promise.all(checks))
      expect(took).toMatchObject({ result: refusal('license_unavailable'), inTime: true });
  }, 10_000);

  test('returns license_unavailable while the server is down, and recovers with the same repository', async () => {
    const [key, identity] = [await issue(), newIdentity()];
    await licenses.authorize(key, ...identity);
    await pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'`,
    );
    await until(async () => (await licenses.authorize(key, ...identity)).outcome === 'accepted');
    expect(await licenses.authorize(key, ...identity)).toEqual(accepted);
  });
});

async function repositoryAt(databaseUrl: string, options: { lookUps?: number; maxWaiting?: number } = {}) {
  const other = await openLicenseOrm({ databaseUrl });
  teardown.unshift(() => other.close());
  const reasons: string[] = [];
  const repository = new PostgresLicenseRepository(other, {
    ...options,
    onUnavailable: (reason) => reasons.push(reason),
  });
  return { reasons, repository };
}

/** Accepts connections and never sends anything. */
async function silentServer(): Promise<string> {
  return (await listen(() => undefined)).url;
}

/** A proxy to PostgreSQL that can drop everything, both ways, with the connections left open. */
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
  teardown.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  });
  const address = server.address();
  const url = new URL(urls.wr_gateway);
  url.port = String(typeof address === 'object' ? address?.port : 0);
  return { url: url.href };
}

/** By timers of this process, which fire in their order even if it was paused. */
async function timed<T>(work: () => Promise<T>): Promise<{ result: T; inTime: boolean }> {
  const working = work();
  const inTime = await Promise.race([working.then(() => true), sleep(PROMISED_MS, false, { ref: false })]);
  return { result: await working, inTime };
}
