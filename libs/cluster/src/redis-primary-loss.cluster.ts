import { describe, expect, it } from '@jest/globals';
import type { PeerId, Status } from '@white-rabbit/protocol';
import type { NodeId } from '@white-rabbit/signaling';
import { RedisCluster } from '@white-rabbit/testing/redis';
import { newNode, newPeer, newSession } from '../test/engines-under-test.js';
import { until } from '../test/until.js';
import { ClusterNode, openEngines, shardOf } from './index.js';
import { nodeKey, routeKey } from './redis/keys.js';
import { slotOf } from './redis/slot-of.js';

/** How long the primary is away. Ms. `npm run test:faults -- 28` has the case of more than a lease, 60 s. */
const LOSS_MS = 15_000;

/** Most changes of presence are reported within this time; none takes longer than the other. Ms. */
const [PRESENCE_MS, LATE_MS] = [1_000, 5_000];

/** The primary that is lost has the slots below this one. */
const SLOTS_OF_FIRST = 5461;

const isLost = (key: string) => slotOf(key) < SLOTS_OF_FIRST;
const isAffected = (peer: PeerId) => isLost(routeKey(shardOf(peer), peer));

function peersWhere(isWanted: (peer: PeerId) => boolean, count: number): PeerId[] {
  const found: PeerId[] = [];
  while (found.length < count) {
    const peer = newPeer();
    if (isWanted(peer)) found.push(peer);
  }
  return found;
}

/** An id whose lease and channel are at a primary that stays, or at the one that is lost. */
function nodeAt(primary: 'that stays' | 'that is lost'): NodeId {
  for (;;) {
    const node = newNode();
    if (isLost(nodeKey(node)) === (primary === 'that is lost')) return node;
  }
}

async function open(redis: RedisCluster, self: NodeId): Promise<ClusterNode> {
  const node = new ClusterNode(self, await openEngines({ node: self, redis: redis.options }));
  await node.lease.join();
  return node;
}

describe('Nodes on a Redis Cluster', () => {
  // Both at the same time, because each takes 15 s.
  it.concurrent.each([
    { loss: 'loses a primary that has no replica', replicated: false, lease: 'that stays' },
    { loss: 'loses a primary with the lease of a node to its replica', replicated: true, lease: 'that is lost' },
  ] as const)(
    'that $loss go on with the peers of the other primaries, and report no peer OFFLINE',
    async ({ replicated, lease }) => {
      const redis = await RedisCluster.start({ replicated });
      const holder = await open(redis, nodeAt(lease));
      const watcher = await open(redis, nodeAt('that stays'));
      try {
        const peers = [...peersWhere(isAffected, 50), ...peersWhere((peer) => !isAffected(peer), 100)];
        const reported: [PeerId, Status][] = [];
        watcher.presence.onChange(({ peer, status }) => reported.push([peer, status]));
        const lost: PeerId[] = [];
        holder.routes.onLost(({ peer }) => lost.push(peer));
        for (const peer of peers) await holder.routes.claim(peer, newSession());
        await watcher.presence.watch(peers);

        await redis.primaries[0]?.kill();
        const end = performance.now() + LOSS_MS;
        const came = new Set<PeerId>();
        const waits: number[] = [];
        const reports = async (peer: PeerId, status: Status) => {
          const began = performance.now();
          await until(() => watcher.presence.get(peer)?.status === status, LATE_MS);
          waits.push(performance.now() - began);
        };
        while (performance.now() < end) {
          const peer = peersWhere((other) => !isAffected(other), 1)[0] ?? newPeer();
          came.add(peer);
          await watcher.presence.watch([peer]);
          const { route } = await holder.routes.claim(peer, newSession());
          await reports(peer, 'ONLINE');
          await holder.routes.release(route);
          await reports(peer, 'OFFLINE');
          if (lease === 'that stays') expect(holder.state).toBe('joined');
        }
        expect(waits.sort((a, b) => a - b)[Math.floor(waits.length / 2)]).toBeLessThan(PRESENCE_MS);
        const falseOffline = reported.filter(([peer, status]) => status === 'OFFLINE' && !came.has(peer));
        expect([falseOffline, lost]).toEqual([[], []]);
        expect([holder.state, watcher.state]).toEqual(['joined', 'joined']);
      } finally {
        for (const node of [holder, watcher]) {
          await node.leave();
          node.close();
        }
        await redis.stop();
      }
    },
    60_000,
  );
});
