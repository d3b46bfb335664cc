import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { NodeId } from '@white-rabbit/signaling';
import { reportFigure } from '@white-rabbit/testing';
import { type RealRedis, startRedis } from '@white-rabbit/testing/redis';
import { batches } from './batches.js';
import { type ClusterNode, openClusterNode, NODE_LEASE_MS } from './index.js';

const NODES = 400;
const PEERS_EACH = 600;
/** Claims in flight. */
const AT_ONCE = 1_000;
/** A lost node is noticed, and all its peers are reported, within this time after its last renewal. Ms. */
const TOLD_MS = 15_000;
/** Longest turn of the event loop, in CPU time of its thread: other programs do not change it. Ms. */
const BLOCKED_MS = 50;

describe('400 nodes that are lost at the same moment, with 240,000 watched peers', () => {
  let redis: RealRedis;
  let node: ClusterNode;
  const lost = Array.from({ length: NODES }, (_, n) => `lost-${n}` as NodeId);
  const peers = lost.flatMap((at) => Array.from({ length: PEERS_EACH }, (_, n) => `${at}-peer-${n}` as PeerId));

  beforeAll(async () => {
    redis = await startRedis();
    node = await openClusterNode({ region: 'here', redis: { url: redis.url }, otherRegions: [] });
    await node.lease.join();
    await renewAll();
    for (const batch of batches(peers, AT_ONCE)) await Promise.all(batch.map(claim));
  }, 300_000);

  afterAll(async () => {
    await node.leave();
    node.close();
    await redis.stop();
  }, 30_000);

  const renewAll = () => Promise.all(lost.map((at) => node.engines.registry.renew(at)));
  const claim = (peer: PeerId) => {
    const at = peer.slice(0, peer.indexOf('-peer')) as NodeId;
    return node.engines.routes.claim(peer, at, `session-of-${peer}` as SessionId);
  };

  it('are noticed, and all their peers are reported OFFLINE within 15 s, while the event loop is never blocked for 50 ms', async () => {
    await renewAll();
    // Contacts of many sessions, as they come. On a busy machine this takes longer than a lease.
    const renewals = setInterval(() => void renewAll(), NODE_LEASE_MS / 5);
    for (const batch of batches(peers, 100)) await node.presence.watch(batch);
    clearInterval(renewals);
    expect(peers.filter((peer) => node.presence.get(peer)?.status === 'OFFLINE').length).toBe(0);
    const reported: PeerId[] = [];
    node.presence.onChange(({ peer, status }) => {
      if (status === 'OFFLINE') reported.push(peer);
    });
    await renewAll();
    const startMs = performance.now();
    let longestMs = 0;
    let last = process.threadCpuUsage();
    while (reported.length < peers.length && performance.now() - startMs < NODE_LEASE_MS + TOLD_MS) {
      await new Promise((next) => setImmediate(next));
      const turn = process.threadCpuUsage(last);
      longestMs = Math.max(longestMs, (turn.user + turn.system) / 1000);
      last = process.threadCpuUsage();
    }
    const toldMs = performance.now() - startMs;
    reportFigure('peers reported OFFLINE', new Set(reported).size, '', { exactly: peers.length });
    reportFigure('the last one after', Math.round(toldMs), 'ms', { atMost: TOLD_MS });
    reportFigure('longest turn of the event loop', longestMs, 'ms', { atMost: BLOCKED_MS });
    expect(new Set(reported).size).toBe(peers.length);
    expect(toldMs).toBeLessThan(TOLD_MS);
    expect(longestMs).toBeLessThan(BLOCKED_MS);
  }, 180_000);
});
