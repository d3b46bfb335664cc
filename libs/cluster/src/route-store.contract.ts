import { beforeAll, describe, expect, it } from '@jest/globals';
import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { Epoch, NodeId, Route } from '@white-rabbit/signaling';
import { forEveryEngine, newPeer, newSession } from '../test/engines-under-test.js';
import { until } from '../test/until.js';
import type { PresenceChange, RouteStore } from './index.js';

describe('A route store', () => {
  forEveryEngine((open) => {
    let routes: RouteStore;
    let changes: PresenceChange[];
    let watch: (...peers: PeerId[]) => void;
    const a = 'node-a' as NodeId;
    const b = 'node-b' as NodeId;

    const claim = async (peer: PeerId, node: NodeId = a): Promise<Route> => {
      const session = newSession();
      return { peer, node, session, epoch: (await routes.claim(peer, node, session)).epoch };
    };
    const older = (route: Route): Route => ({ ...route, session: newSession(), epoch: (route.epoch - 1) as Epoch });
    const newer = (route: Route): Route => ({ ...route, session: newSession(), epoch: (route.epoch + 1) as Epoch });
    const changesOf = async (peer: PeerId, count: number): Promise<PresenceChange[]> => {
      await until(() => changes.filter((change) => change.peer === peer).length >= count);
      return changes.filter((change) => change.peer === peer);
    };

    beforeAll(async () => {
      const { engines } = await open();
      routes = engines.routes;
      changes = [];
      engines.feed.onChange((change) => changes.push(change));
      watch = (...peers) => {
        engines.feed.watch(peers);
      };
    }, 20_000);

    it('finds what was claimed, and no peer without a route', async () => {
      const [peer, absent] = [newPeer(), newPeer()];
      const route = await claim(peer);
      expect(await routes.find([peer, absent])).toEqual(new Map([[peer, route]]));
      expect(await routes.find([])).toEqual(new Map());
    });

    it('gives a peer to the newest claim and returns the route that it displaced', async () => {
      const peer = newPeer();
      const first = await claim(peer);
      const session = newSession();
      const second = await routes.claim(peer, b, session);
      expect(second.displaced).toEqual(first);
      expect(second.epoch).toBeGreaterThan(first.epoch);
      expect((await routes.find([peer])).get(peer)).toEqual({ peer, node: b, session, epoch: second.epoch });
    });

    it('gives every one of many claims at once its own epoch, and all but one displace another', async () => {
      const peer = newPeer();
      const sessions = Array.from({ length: 20 }, newSession);
      const claims = await Promise.all(sessions.map((session) => routes.claim(peer, a, session)));
      expect(new Set(claims.map(({ epoch }) => epoch)).size).toBe(20);
      expect(new Set(claims.map(({ displaced }) => displaced?.session)).size).toBe(20);
      const newest = claims.reduce((best, { epoch }, index) => (epoch > (claims[best]?.epoch ?? 0) ? index : best), 0);
      expect((await routes.find([peer])).get(peer)?.session).toBe(sessions[newest]);
    });

    it('releases only its own session’s route, whatever its epoch', async () => {
      const peer = newPeer();
      const first = await claim(peer);
      const second = await claim(peer, b);
      expect(await routes.release(first)).toBe(false);
      expect((await routes.find([peer])).get(peer)).toEqual(second);
      expect(await routes.release({ ...second, epoch: 1 as Epoch })).toBe(true);
      expect((await routes.find([peer])).size).toBe(0);
      expect(await routes.release(second)).toBe(false);
    });

    it('gives a released peer back to an heir in one step, and only if the released session still had it', async () => {
      const peer = newPeer();
      watch(peer);
      const first = await claim(peer, a);
      const second = await claim(peer, a);
      expect(await routes.release(second, first)).toBe(true);
      const [route] = [...(await routes.find([peer])).values()];
      expect(route).toEqual({ ...first, epoch: expect.any(Number) });
      expect(route?.epoch).toBeGreaterThan(second.epoch);
      expect(await routes.renew([first])).toEqual([]);
      expect(await routes.release(second, first)).toBe(false);
      expect(await routes.release(first)).toBe(true);
      expect((await changesOf(peer, 4)).map(({ status }) => status)).toEqual(['ONLINE', 'ONLINE', 'ONLINE', 'OFFLINE']);
    });

    it('distinguishes a session from another one whose id it begins with', async () => {
      const peer = newPeer();
      const route = await claim(peer);
      expect(await routes.release({ ...route, session: route.session.slice(0, -1) as SessionId })).toBe(false);
      expect(await routes.release({ ...route, node: 'node' as NodeId })).toBe(false);
    });

    it('renews what it holds, writes again what is gone, and takes back from an older claim', async () => {
      const [held, gone, stolen] = [await claim(newPeer()), await claim(newPeer()), await claim(newPeer())];
      await routes.release(gone);
      const mine = newer(stolen);
      expect(await routes.renew([held, gone, mine])).toEqual([]);
      const found = await routes.find([held.peer, gone.peer, mine.peer]);
      expect([...found.values()]).toEqual([held, gone, mine]);
    });

    it('reports which routes a newer claim has taken, and leaves those alone', async () => {
      const [held, lost] = [await claim(newPeer()), await claim(newPeer())];
      const taker = await claim(lost.peer, b);
      expect(await routes.renew([lost, held, older(taker)])).toEqual([
        lost,
        expect.objectContaining({ peer: lost.peer }),
      ]);
      expect((await routes.find([lost.peer])).get(lost.peer)).toEqual(taker);
    });

    it('publishes claims, takeovers, releases and rewritten routes in their order, and nothing else', async () => {
      const peer = newPeer();
      watch(peer);
      const first = await claim(peer);
      const second = await claim(peer, b);
      await routes.release(first);
      await routes.renew([second]);
      await routes.release(second);
      await routes.renew([second]);
      await routes.renew([older(second)]);
      await routes.release(second);
      expect(await changesOf(peer, 5)).toEqual([
        { status: 'ONLINE', ...first },
        { status: 'ONLINE', ...second },
        { status: 'OFFLINE', peer, epoch: second.epoch },
        { status: 'ONLINE', ...second },
        { status: 'OFFLINE', peer, epoch: second.epoch },
      ]);
    });

    it('accepts more than one batch at once', async () => {
      const peers = Array.from({ length: 1234 }, newPeer);
      const claimed = await Promise.all(peers.map((peer) => claim(peer)));
      expect(await routes.renew(claimed)).toEqual([]);
      expect((await routes.find(peers)).size).toBe(1234);
      await Promise.all(claimed.map((route) => routes.release(route)));
      expect((await routes.find(peers)).size).toBe(0);
    });
  });
});
