import { beforeAll, describe, expect, it } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import type { NodeId } from '@white-rabbit/signaling';
import { forEveryEngine, newPeer, newSession } from '../test/engines-under-test.js';
import { until } from '../test/redis-process.js';
import type { Engines } from './index.js';

describe('A presence feed', () => {
  forEveryEngine((open) => {
    let store: Engines;
    let watcher: Engines;
    let heard: PeerId[];
    let node: NodeId;
    const claim = (peer: PeerId) => store.routes.claim(peer, node, newSession());
    const times = (peer: PeerId) => heard.filter((told) => told === peer).length;
    /** An event that is reported only after all that was published before it. */
    const flush = async (): Promise<void> => {
      const peers = Array.from({ length: 24 }, newPeer);
      await watcher.feed.watch(peers);
      for (const peer of peers) await claim(peer);
      await until(() => peers.every((peer) => times(peer) === 1));
    };

    beforeAll(async () => {
      const [first, second] = await Promise.all([open(), open()]);
      [store, node] = [first.engines, first.node];
      watcher = second.engines;
      heard = [];
      watcher.feed.onChange(({ peer }) => heard.push(peer));
    }, 20_000);

    it('reports every change of a watched peer from the moment watch has resolved, each once', async () => {
      const peers = Array.from({ length: 1100 }, newPeer);
      await watcher.feed.watch(peers);
      await Promise.all(peers.map(claim));
      await until(() => peers.every((peer) => times(peer) > 0));
      await flush();
      expect(peers.filter((peer) => times(peer) !== 1)).toEqual([]);
    });

    it('reports nothing of a peer that is not watched', async () => {
      const peer = newPeer();
      await claim(peer);
      await flush();
      expect(times(peer)).toBe(0);
    });

    it('counts watches: one change is reported once, and until the last watch has ended', async () => {
      const peer = newPeer();
      await Promise.all([watcher.feed.watch([peer]), watcher.feed.watch([peer])]);
      await watcher.feed.watch([peer]);
      watcher.feed.unwatch([peer, peer]);
      await claim(peer);
      await flush();
      expect(times(peer)).toBe(1);
      watcher.feed.unwatch([peer]);
      await claim(peer);
      await flush();
      expect(times(peer)).toBe(1);
    });

    it('watches a peer again that was unwatched in the same moment', async () => {
      const peer = newPeer();
      await watcher.feed.watch([peer]);
      watcher.feed.unwatch([peer]);
      await watcher.feed.watch([peer]);
      await claim(peer);
      await flush();
      expect(times(peer)).toBe(1);
    });

    it('ignores unwatching a peer that is not watched', async () => {
      const peer = newPeer();
      watcher.feed.unwatch([peer]);
      await watcher.feed.watch([peer]);
      await claim(peer);
      await until(() => times(peer) === 1);
    });
  });
});
