import { beforeEach, describe, expect, test } from '@jest/globals';
import type { PgClient, PgPool, PgResult } from './pg-pool.js';
import { SharedConnection } from './shared-connection.js';

/** A connection whose queries are answered by the test, in their order. */
class FakeClient implements PgClient {
  readonly sent: string[] = [];
  readonly connection = { stream: { cork: () => undefined, uncork: () => undefined } };
  released: boolean | undefined;
  readonly #open: { resolve: (result: PgResult<never>) => void; reject: (error: Error) => void }[] = [];

  query<Row>(query: unknown): Promise<PgResult<Row>> {
    this.sent.push(String(query));
    return new Promise((resolve, reject) => this.#open.push({ resolve, reject }));
  }

  getTransactionStatus() {
    return 'I' as const;
  }

  release(destroy = false): void {
    this.released = destroy;
  }

  answer(count: number): void {
    for (const { resolve } of this.#open.splice(0, count)) resolve({ rows: [], rowCount: 0 });
  }

  fail(error: Error): void {
    for (const { reject } of this.#open.splice(0)) reject(error);
  }
}

let clients: FakeClient[];
let refusal: Error | undefined;
let attempts: number;
let nowMs: number;
let shared: SharedConnection;

beforeEach(() => {
  [clients, refusal, attempts, nowMs] = [[], undefined, 0, 0];
  const connect = async (): Promise<PgClient> => {
    attempts += 1;
    if (refusal !== undefined) throw refusal;
    const client = new FakeClient();
    clients.push(client);
    return Promise.resolve(client);
  };
  const pool = { connect } as PgPool;
  shared = new SharedConnection(() => Promise.resolve(pool), { now: () => nowMs, after: () => () => undefined });
});

/** After all promises that can settle. */
const settled = () => new Promise(setImmediate);

describe('SharedConnection', () => {
  test('sends the statements of concurrent requests at once, each request without a gap', async () => {
    const requests = [shared.send(['a', 'b']), shared.send(['c'])];
    await settled();
    expect(clients.map(({ sent }) => sent)).toEqual([['a', 'b', 'c']]);
    clients[0]?.answer(3);
    expect((await Promise.all(requests)).map(({ length }) => length)).toEqual([2, 1]);
  });

  test('keeps the connection while a request is in progress, and gives it back after the last one', async () => {
    const first = shared.send(['a']);
    await settled();
    const second = shared.send(['b']);
    await settled();
    clients[0]?.answer(1);
    await first;
    expect(clients[0]?.released).toBeUndefined();
    clients[0]?.answer(1);
    await second;
    expect(clients[0]?.released).toBe(false);
    void shared.send(['c']);
    await settled();
    expect(attempts).toBe(2);
  });

  test('gives new requests another connection after a failure, and closes the old one after its last request', async () => {
    const failed = shared.send(['a']);
    const failure = expect(failed).rejects.toThrow('lost');
    await settled();
    clients[0]?.fail(new Error('lost'));
    await failure;
    expect(clients[0]?.released).toBe(true);
    const next = shared.send(['b']);
    await settled();
    clients[1]?.answer(1);
    await next;
    expect(clients[1]?.released).toBe(false);
  });

  test('shares an attempt to connect, and makes the next one after a pause that grows to 1 s', async () => {
    refusal = new Error('refused');
    const outcomes = await Promise.allSettled([shared.send(['a']), shared.send(['b'])]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(attempts).toBe(1);
    const attemptsUntil = async (untilMs: number) => {
      for (; nowMs < untilMs; nowMs += 10) await expect(shared.send(['c'])).rejects.toThrow('refused');
      return attempts;
    };
    // After 20, 60 and 140 ms.
    expect(await attemptsUntil(150)).toBe(4);
    const before = await attemptsUntil(60_000);
    expect((await attemptsUntil(70_000)) - before).toBe(10);
    refusal = undefined;
    nowMs += 1_000;
    const accepted = shared.send(['d']);
    await settled();
    clients[0]?.answer(1);
    expect(await accepted).toHaveLength(1);
  });
});
