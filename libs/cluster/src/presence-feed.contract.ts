import { beforeAll, describe, expect, it } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import type { NodeId } from '@white-rabbit/signaling';
import { forEveryEngine, newPeer, newSession } from '../test/engines-under-test.js';
import { until } from '../test/until.js';
import type { Engines, PresenceChange } from './index.js';

describe('A presence feed', () => {
  forEveryEngine((open) => {
    let store: Engines;
    let node: NodeId;
    let received: PresenceChange[];
    let watch: () => PeerId;
    const claim = async (peer: PeerId) => {
      const session = newSession();
      const { epoch } = await store.routes.claim(peer, node, session);
      return { peer, node, session, epoch };
    };
    const of = (peer: PeerId) => received.filter((change) => change.peer === peer);

    beforeAll(async () => {
      const [first, second] = await Promise.all([open(), open()]);
      [store, node] = [first.engines, first.node];
      received = [];
      // Feeds that combine regions report changes of watched peers only.
      const { feed } = second.engines;
      feed.onChange((change) => received.push(change));
      watch = () => {
        const peer = newPeer();
        feed.watch([peer]);
        return peer;
      };
    }, 20_000);

    it('reports every change of every peer, each once', async () => {
      const peers = Array.from({ length: 1100 }, () => watch());
      await Promise.all(peers.map(claim));
      await until(() => received.length >= peers.length);
      // A change of each shard that is reported after all that was published before it.
      const last = watch();
      await claim(last);
      await until(() => of(last).length > 0);
      expect(peers.filter((peer) => of(peer).length !== 1)).toEqual([]);
    });

    it('reports the changes of a peer in their order', async () => {
      const peer = watch();
      const first = await claim(peer);
      const second = await claim(peer);
      await store.routes.release(second);
      await until(() => of(peer).length >= 3);
      expect(of(peer)).toEqual([
        { status: 'ONLINE', ...first },
        { status: 'ONLINE', ...second },
        { status: 'OFFLINE', peer, epoch: second.epoch },
      ]);
    });
  });
});
