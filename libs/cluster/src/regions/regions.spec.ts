import { beforeEach, describe, expect, it } from '@jest/globals';
import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { Route } from '@white-rabbit/signaling';
import type { Reach } from '../engines.js';
import { LINK_LEASE_MS, REMOTE_LIMIT_MS } from './remote-region.js';
import { RegionalWorld, type RegionalNode } from '../../test/regions/regional-world.js';

const ALICE = 'alice-peer' as PeerId;
const BOB = 'bob-peer' as PeerId;
const S1 = 'session-1' as SessionId;
const S2 = 'session-2' as SessionId;

const ONLINE = `${ALICE} ONLINE`;
const OFFLINE = `${ALICE} OFFLINE`;

describe('Two regions', () => {
  let world: RegionalWorld;
  let eu: RegionalNode;
  let us: RegionalNode;

  const open = async (aheadMs: { eu: number; us: number }) => {
    world = new RegionalWorld(aheadMs);
    eu = await world.start('eu');
    us = await world.start('us');
  };
  const claim = async (node: RegionalNode, session: SessionId, peer = ALICE): Promise<Route> =>
    (await node.keeper.claim(peer, session)).route;

  beforeEach(() => open({ eu: 0, us: 0 }));

  it('see each other’s peers come and go', async () => {
    await us.view.watch([ALICE]);
    const route = await claim(eu, S1);
    await world.clock.advance(0);
    await eu.keeper.release(route);
    await world.clock.advance(0);
    expect(us.reported).toEqual([ONLINE, OFFLINE]);
  });

  it('find a peer that came before it was watched, and that only the other region has', async () => {
    await claim(eu, S1);
    await us.view.watch([ALICE, BOB]);
    expect([us.view.get(ALICE)?.status, us.view.get(BOB)?.status]).toEqual(['ONLINE', 'OFFLINE']);
    expect((await us.engines.routes.find([ALICE])).get(ALICE)?.node).toBe(eu.self);
  });

  it('carry texts both ways, and report a node that is gone as unreachable', async () => {
    const heard: string[] = [];
    for (const { self, engines } of [eu, us]) engines.bus.onMessage((text) => heard.push(`${self} got ${text}`));
    expect(await eu.engines.bus.send(us.self, 'hello')).toBe('sent');
    expect(await us.engines.bus.send(eu.self, 'hello too')).toBe('sent');
    await world.clock.advance(0);
    expect(heard.filter((text) => text.includes('hello'))).toEqual([
      `${us.self} got hello`,
      `${eu.self} got hello too`,
    ]);
    us.kill();
    expect(await eu.engines.bus.send(us.self, 'hello')).toBe('unreachable');
  });

  describe('when a peer comes to the other region', () => {
    it.each([
      ['go alike', 0],
      ['are 5 s behind in the new one', 5000],
    ])('the newest claim wins if clocks %s, and no node sees the peer OFFLINE', async (_, euAheadMs) => {
      await open({ eu: euAheadMs, us: 0 });
      const third = await world.start('eu');
      await third.view.watch([ALICE]);
      await us.view.watch([ALICE]);
      const older = await claim(eu, S1);
      const { route, displaced } = await us.keeper.claim(ALICE, S2);
      expect(displaced).toEqual(older);
      await world.clock.advance(60_000);
      expect(await world.routesOf(ALICE)).toEqual([route]);
      for (const node of [eu, us, third]) {
        expect((await node.engines.routes.find([ALICE])).get(ALICE)).toEqual(route);
      }
      // It was not notified of its displacement here: it finds out with its next renewal.
      expect([eu.lost, us.lost]).toEqual([[S1], []]);
      expect([third.reported, us.reported]).toEqual([[ONLINE], [ONLINE]]);
    });

    it('its older route is found nowhere any more once the newer one is claimed', async () => {
      await claim(eu, S1);
      us.link('eu').delay(() => 100);
      const found = claim(us, S2).then(async (newer) => {
        expect((await eu.engines.routes.find([ALICE])).get(ALICE)).toEqual(newer);
      });
      await world.clock.advance(1000);
      await found;
    });

    it('it is OFFLINE everywhere once it left there, however soon', async () => {
      await eu.view.watch([ALICE]);
      await us.view.watch([ALICE]);
      await claim(eu, S1);
      const newer = await claim(us, S2);
      await us.keeper.release(newer);
      await world.clock.advance(25_000);
      expect([eu.view.get(ALICE)?.status, us.view.get(ALICE)?.status]).toEqual(['OFFLINE', 'OFFLINE']);
      expect([eu.reported.at(-1), us.reported.at(-1)]).toEqual([OFFLINE, OFFLINE]);
      expect((await eu.engines.routes.find([ALICE])).size).toBe(0);
    });

    it('it can come back at once', async () => {
      await eu.view.watch([ALICE]);
      await claim(eu, S1);
      await claim(us, S2);
      const { route, displaced } = await eu.keeper.claim(ALICE, 'session-3' as SessionId);
      expect(displaced?.session).toBe(S2);
      await world.clock.advance(60_000);
      expect(await world.routesOf(ALICE)).toEqual([route]);
      expect([eu.reported, us.lost]).toEqual([[ONLINE], [S2]]);
    });
  });

  it.each([
    ['the newer epoch', 1, 'eu'],
    ['the region’s name, where the epochs are the same', 0, 'us'],
  ])('give a peer that is claimed in both at the same time to one by %s', async (_, euAheadMs, winner) => {
    await open({ eu: euAheadMs, us: 0 });
    const routes = await Promise.all([claim(eu, S1), claim(us, S2)]);
    await world.clock.advance(60_000);
    const [left, ...others] = await world.routesOf(ALICE);
    expect(others).toEqual([]);
    expect(left).toEqual(routes[winner === 'eu' ? 0 : 1]);
    expect([eu.lost, us.lost]).toEqual(winner === 'eu' ? [[], [S2]] : [[S1], []]);
    for (const node of [eu, us]) expect((await node.engines.routes.find([ALICE])).get(ALICE)).toEqual(left);
  });

  it('see the peers of a killed node OFFLINE within 15 s', async () => {
    await us.view.watch([ALICE]);
    await claim(eu, S1);
    await world.clock.advance(1000);
    eu.kill();
    await world.clock.advance(15_000);
    expect([us.reported, us.givenUp]).toEqual([[ONLINE, OFFLINE], [eu.self]]);
  });

  describe.each(['refused', 'silent'] as const)('with the link cut (%s)', (how) => {
    it('show each other’s peers OFFLINE after 10 s and within 15 s, and ONLINE again when the link is restored', async () => {
      await us.view.watch([ALICE]);
      await claim(eu, S1);
      await world.clock.advance(1000);
      us.link('eu').cut(how);
      await world.clock.advance(9000);
      expect(us.reported).toEqual([ONLINE]);
      await world.clock.advance(6000);
      expect([us.reported, us.givenUp]).toEqual([[ONLINE, OFFLINE], [eu.self]]);
      expect(us.engines.regions()).toEqual(new Map([['eu', 'lost']]));
      expect(await us.engines.bus.send(eu.self, 'hello')).toBe('unavailable');
      us.link('eu').restore();
      await world.clock.advance(2000);
      expect(us.reported).toEqual([ONLINE, OFFLINE, ONLINE]);
      expect(us.engines.regions()).toEqual(new Map([['eu', 'reachable']]));
    });

    it('go on as ever among themselves', async () => {
      const third = await world.start('us');
      for (const node of [us, third]) node.link('eu').cut(how);
      await world.clock.advance(4000);
      const askedAt = world.clock.now();
      await us.view.watch([ALICE]);
      const route = await claim(third, S1);
      await world.clock.advance(0);
      // The clock did not move, so no call waited for a timer.
      expect(world.clock.now()).toBe(askedAt);
      expect([us.reported, us.engines.isUp()]).toEqual([[ONLINE], true]);
      await third.keeper.release(route);
      await world.clock.advance(0);
      expect(us.reported).toEqual([ONLINE, OFFLINE]);
      await world.clock.advance(60_000);
      expect(us.givenUp).toEqual([]);
      third.kill();
    });

    it('see the changes of the meantime when the link is restored', async () => {
      await us.view.watch([ALICE, BOB]);
      const alice = await claim(eu, S1);
      await world.clock.advance(1000);
      us.link('eu').cut(how);
      await world.clock.advance(2000);
      await eu.keeper.release(alice);
      await claim(eu, S2, BOB);
      await world.clock.advance(1000);
      expect(us.reported).toEqual([ONLINE]);
      us.link('eu').restore();
      await world.clock.advance(6000);
      expect(us.reported.slice(1).sort()).toEqual([OFFLINE, `${BOB} ONLINE`]);
    });

    it('let the newest session have a peer that connected in both, once the link is restored', async () => {
      await claim(eu, S1);
      us.link('eu').cut(how);
      eu.link('us').cut(how);
      await world.clock.advance(20_000);
      const newer = await claim(us, S2);
      await world.clock.advance(5000);
      expect((await world.routesOf(ALICE)).length).toBe(2);
      us.link('eu').restore();
      eu.link('us').restore();
      await world.clock.advance(30_000);
      expect(await world.routesOf(ALICE)).toEqual([newer]);
      expect([eu.lost, us.lost]).toEqual([[S1], []]);
    });
  });

  it('wait no longer than 1 s for a region that has just fallen silent, and not at all once its probes are missed', async () => {
    us.link('eu').cut('silent');
    const claims = [claim(us, S1), claim(us, S2, BOB)];
    await world.clock.advance(REMOTE_LIMIT_MS);
    await Promise.all(claims);
    expect(us.engines.regions()).toEqual(new Map([['eu', 'reachable']]));
    await world.clock.advance(3000);
    const askedAt = world.clock.now();
    await us.view.watch([ALICE]);
    await claim(us, 'session-3' as SessionId);
    expect(world.clock.now()).toBe(askedAt);
  });

  it('keep a link whose answers are late: nothing is closed or displaced, and what failed is asked again', async () => {
    await us.view.watch([ALICE]);
    const alice = await claim(eu, S1);
    await world.clock.advance(1000);
    await claim(eu, S2, BOB);
    await world.clock.advance(1000);
    const delays = [1.5 * REMOTE_LIMIT_MS];
    us.link('eu').delay(() => delays.shift() ?? 40);
    const late = us.view.watch([BOB]);
    await world.clock.advance(REMOTE_LIMIT_MS);
    await late;
    const reach = new Set<Reach | undefined>();
    for (let ms = 0; ms < 2 * LINK_LEASE_MS; ms += 500) {
      await world.clock.advance(500);
      reach.add(us.engines.regions().get('eu'));
    }
    expect([...reach]).toEqual(['reachable']);
    const sent = us.engines.bus.send(eu.self, 'hello');
    await world.clock.advance(100);
    expect(await sent).toBe('sent');
    expect([us.view.get(ALICE)?.status, us.view.get(BOB)?.status, us.givenUp]).toEqual(['ONLINE', 'ONLINE', []]);
    expect(us.reported).toEqual([ONLINE, `${BOB} ONLINE`]);
    expect([eu.lost, await world.routesOf(ALICE)]).toEqual([[], [alice]]);
  });

  it.each(['eu', 'us'] as const)(
    'close the older of two sessions as soon as the link is back (%s is first)',
    async (first) => {
      const [older, newer] = first === 'eu' ? [eu, us] : [us, eu];
      await older.view.watch([ALICE]);
      us.link('eu').cut('refused');
      eu.link('us').cut('refused');
      await claim(older, S1);
      await world.clock.advance(500);
      const route = await claim(newer, S2);
      us.link('eu').restore();
      eu.link('us').restore();
      await world.clock.advance(2000);
      expect([older.lost, newer.lost, await world.routesOf(ALICE)]).toEqual([[S1], [], [route]]);
      await world.clock.advance(60_000);
      expect([older.lost, newer.lost, older.reported]).toEqual([[S1], [], [ONLINE]]);
    },
  );

  it('take no notice of a link that is away for a moment', async () => {
    await us.view.watch([ALICE]);
    await claim(eu, S1);
    await world.clock.advance(1000);
    us.link('eu').cut('refused');
    await world.clock.advance(5000);
    us.link('eu').restore();
    await world.clock.advance(30_000);
    expect([us.reported, us.givenUp]).toEqual([[ONLINE], []]);
  });

  it('see no peer OFFLINE after the other’s store restarted empty, however long its node needs to claim again', async () => {
    await us.view.watch([ALICE, BOB]);
    await claim(eu, S1);
    const bob = await claim(eu, S2, BOB);
    await world.clock.advance(5000);
    eu.hold(true);
    world.region('eu').outage = true;
    await eu.keeper.release(bob);
    world.region('eu').wipe();
    world.region('eu').outage = false;
    await world.clock.advance(60_000);
    expect([us.reported, us.givenUp]).toEqual([[ONLINE, `${BOB} ONLINE`], []]);
    eu.hold(false);
    await world.clock.advance(10_000);
    expect([us.reported, us.givenUp]).toEqual([[ONLINE, `${BOB} ONLINE`, `${BOB} OFFLINE`], []]);
  });

  it('see no peer OFFLINE while the other’s store restarts empty', async () => {
    await us.view.watch([ALICE]);
    await claim(eu, S1);
    await world.clock.advance(5000);
    world.region('eu').outage = true;
    await world.clock.advance(3000);
    world.region('eu').wipe();
    world.region('eu').outage = false;
    await world.clock.advance(30_000);
    expect([us.reported, us.givenUp]).toEqual([[ONLINE], []]);
  });

  it('keep what is at home apart: an outage at home is one, whatever the others do', async () => {
    world.region('us').outage = true;
    expect([us.engines.isUp(), eu.engines.isUp()]).toEqual([false, true]);
    await expect(us.keeper.claim(ALICE, S1)).rejects.toThrow('switched off');
  });
});
