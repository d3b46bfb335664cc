import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { PeerId, Status } from '@white-rabbit/protocol';
import { Unavailable } from '@white-rabbit/signaling';
import { reportFigure } from '@white-rabbit/testing';
import { RedisProcess } from '@white-rabbit/testing/redis';
import { newNode, newPeer, newSession } from '../test/engines-under-test.js';
import { until } from '../test/until.js';
import { batches } from './batches.js';
import { ClusterNode, openEngines } from './index.js';
import type { ClaimedRoute } from './node/route-keeper.js';

/** Routes of all nodes: 20,000 by default, as many as the machine can bear by hand. */
const ROUTES = Number(process.env['WR_TEST_ROUTES'] ?? 20_000);
const HOLDERS = 2;
/** Everything is right again within this time. Ms. */
const PROMISED_MS = 10_000;
/** The same in this test: longer in a command that reports how long it took. Ms. */
const RECOVERED_MS = Number(process.env['WR_TEST_RECOVERED_MS'] ?? PROMISED_MS);
/** Of the routes, those that are released during the outage. */
const RELEASED = 100;
/** Sent at once to Redis. */
const CHUNK = 500;

let redis: RedisProcess;
const nodes: ClusterNode[] = [];

beforeAll(async () => {
  redis = await RedisProcess.start();
}, 20_000);
afterAll(async () => {
  for (const node of nodes) {
    await node.leave();
    node.close();
  }
  await redis.stop();
}, 60_000);

/** A machine that is busy may not answer the first time. */
async function claim({ routes }: ClusterNode, peer: PeerId): Promise<ClaimedRoute> {
  for (;;) {
    try {
      return await routes.claim(peer, newSession());
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await until(() => nodes.every(({ engines }) => engines.isUp()));
    }
  }
}

async function open(): Promise<ClusterNode> {
  const self = newNode();
  const node = new ClusterNode(self, await openEngines({ node: self, redis: { url: redis.url } }));
  await node.lease.join();
  nodes.push(node);
  return node;
}

it(`${ROUTES} routes survive a Redis that restarts empty: no false OFFLINE, and all is right within 10 s`, async () => {
  const watcher = await open();
  const holders = await Promise.all(Array.from({ length: HOLDERS }, open));
  const holderOf = (index: number) => holders[index % HOLDERS] ?? watcher;
  const peers = Array.from({ length: ROUTES }, newPeer);
  const claims: ClaimedRoute[] = [];
  for (const chunk of batches(peers, CHUNK))
    claims.push(...(await Promise.all(chunk.map((peer, index) => claim(holderOf(claims.length + index), peer)))));
  for (const chunk of batches(peers, CHUNK)) await watcher.presence.watch(chunk);
  expect(peers.filter((peer) => watcher.presence.get(peer)?.status === 'OFFLINE')).toEqual([]);

  const reported: [PeerId, Status][] = [];
  watcher.presence.onChange(({ peer, status }) => reported.push([peer, status]));
  let longestTurnMs = 0;
  let lastTurn = performance.now();
  const turns = setInterval(() => {
    longestTurnMs = Math.max(longestTurnMs, performance.now() - lastTurn);
    lastTurn = performance.now();
  }, 5).unref();

  await redis.kill();
  await until(() => nodes.every(({ engines }) => !engines.isUp()));
  for (const [index, { route }] of claims.slice(0, RELEASED).entries()) await holderOf(index).routes.release(route);
  await redis.restartEmpty();
  const backAt = performance.now();
  const cpuAtReturn = process.cpuUsage();

  const gone = new Set(peers.slice(0, RELEASED));
  const registry = watcher.engines.registry;
  const isClaimed = async () => {
    const instance = watcher.engines.routes.instanceOf(0, watcher.self) ?? '';
    const leases = await registry.leases(holders.map(({ self }) => self));
    return [...leases.values()].every((lease) => typeof lease === 'object' && lease.has(instance));
  };
  await until(() => isClaimed().catch(() => false), RECOVERED_MS);
  const claimedMs = performance.now() - backAt;
  await until(() => [...gone].every((peer) => watcher.presence.get(peer)?.status === 'OFFLINE'), RECOVERED_MS);
  const recoveredMs = performance.now() - backAt;
  const cpu = process.cpuUsage(cpuAtReturn);
  const cpuMs = (cpu.user + cpu.system) / 1_000;
  clearInterval(turns);

  expect(reported.filter(([peer]) => !gone.has(peer))).toEqual([]);
  expect(reported.length).toBe(RELEASED);
  expect(recoveredMs).toBeLessThan(RECOVERED_MS);
  let found = 0;
  for (const chunk of batches(peers, CHUNK)) found += (await watcher.engines.routes.find(chunk)).size;
  expect(found).toBe(ROUTES - RELEASED);
  reportFigure('routes', ROUTES);
  reportFigure('false OFFLINE', reported.filter(([peer]) => !gone.has(peer)).length, '', { exactly: 0 });
  reportFigure('routes claimed again after', Math.round(claimedMs), 'ms');
  reportFigure('all right after', Math.round(recoveredMs), 'ms', { atMost: PROMISED_MS });
  reportFigure('CPU time of all nodes meanwhile', Math.round(cpuMs), 'ms');
  reportFigure('longest turn of the event loop', Math.round(longestTurnMs), 'ms');
}, 600_000);
