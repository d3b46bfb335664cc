import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openEngines, type Engines } from '@white-rabbit/cluster';
import type { PeerId } from '@white-rabbit/protocol';
import { RedisProcess } from '@white-rabbit/testing/redis';
import { Redis } from 'ioredis';
import type { NodeId } from '@white-rabbit/signaling';
import { PeerQuota } from './peer-quota.js';

const ALICE = 'peer-alice' as PeerId;
const BOB = 'peer-bobby' as PeerId;
const START_MS = 30_000;
/** A call is answered within 5 s; its quota may take this part of that time. */
const PROMPT_MS = 3_000;

let redis: RedisProcess;
let engines: Engines[];

beforeAll(async () => {
  redis = await RedisProcess.start();
  engines = await Promise.all(
    ['node-one', 'node-two'].map((node) => openEngines({ node: node as NodeId, redis: { url: redis.url } })),
  );
}, START_MS);
afterAll(async () => {
  for (const each of engines) each.close();
  await redis.stop();
}, START_MS);
afterEach(async () => {
  redis.resume();
  const client = new Redis(redis.urlOf('wr-operator'));
  await client.flushall();
  client.disconnect();
});

const KEY = Buffer.from('a key that all gateways of a region have');

/** The same quota at two gateways. */
function quotas(perMinute: number, keys: readonly [Buffer, Buffer] = [KEY, KEY]): [PeerQuota, PeerQuota] {
  const [one, two] = engines.map(
    ({ redis: client }, index) =>
      new PeerQuota('call', perMinute, client && { redis: client, key: keys[index] ?? KEY }),
  );
  if (one === undefined || two === undefined) throw new Error('there are two gateways');
  return [one, two];
}

describe('A quota in a cluster', () => {
  it('is shared by all gateways, also for concurrent requests', async () => {
    const [one, two] = quotas(10);
    await Promise.all([one, two].map((quota) => quota.take(BOB)));
    const waits = await Promise.all(Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? one : two).take(ALICE)));
    expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(10);
    expect(Math.max(...waits)).toBeLessThanOrEqual(60_000);
  });

  it('uses names in Redis that identify no peer and expire after a minute', async () => {
    await quotas(10)[0].take(ALICE);
    const client = new Redis(redis.urlOf('wr-operator'));
    const keys = await client.keys('*');
    const ttls = await Promise.all(keys.map((key) => client.pttl(key)));
    client.disconnect();
    expect(keys).toHaveLength(1);
    expect(keys.join()).not.toContain(ALICE);
    // A reader of Redis may know the ids of existing peers.
    for (const encoding of ['hex', 'base64', 'base64url'] as const)
      expect(keys.join()).not.toContain(createHash('sha256').update(ALICE).digest(encoding).slice(0, 12));
    expect(ttls[0]).toBeGreaterThan(0);
    expect(ttls[0]).toBeLessThanOrEqual(60_000);
  });

  it('uses names that depend on the key', async () => {
    const [one, two] = quotas(1, [KEY, Buffer.from('another')]);
    expect([await one.take(ALICE), await two.take(ALICE)]).toEqual([0, 0]);
    expect(await one.take(ALICE)).toBeGreaterThan(0);
  });

  it('is counted by each gateway for itself while Redis does not answer: looser, never absent, and within the time limit', async () => {
    const [one, two] = quotas(2);
    redis.pause();
    const startMs = performance.now();
    const waits = await Promise.all([one.take(ALICE), one.take(ALICE), one.take(ALICE), two.take(ALICE)]);
    expect(performance.now() - startMs).toBeLessThan(PROMPT_MS);
    expect(waits.map((waitMs) => waitMs > 0)).toEqual([false, false, true, false]);
  });
});
