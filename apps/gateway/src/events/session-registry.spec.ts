import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryRegion } from '@white-rabbit/cluster';
import { Unavailable } from '@white-rabbit/signaling';
import type { PeerId, SessionId } from '@white-rabbit/protocol';
import { eventually } from '@white-rabbit/testing';
import { LICENSE } from '../../test/unit/fake-licenses.js';
import { closeCodesOf, identity, leftAt, NOTHING, startNode, type TestNode } from '../../test/unit/gateway-node.js';
import { settled } from '../../test/unit/settled.js';

const ALICE = 'peer-alice' as PeerId;
const BOB = 'peer-bobby' as PeerId;

let region: MemoryRegion;
let here: TestNode;
let there: TestNode;

beforeEach(async () => {
  region = new MemoryRegion();
  here = await startNode({ region });
  there = await startNode({ region });
});

/**
 * Delays the answers to the node's claims until the returned function is called. The store has made the claims by
 * then.
 */
function holdClaims(node: TestNode): () => void {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const store = node.engines.routes;
  const claim = store.claim.bind(store);
  store.claim = async (...asked) => {
    const claimed = await claim(...asked);
    await promise;
    return claimed;
  };
  return () => {
    resolve(undefined);
  };
}

const routeOf = async (peer: PeerId) => (await here.engines.routes.find([peer])).get(peer);

describe('A newer session of a peer', () => {
  it.each(['the same node', 'another node'])('replaces the older session at %s with 4503', async (where) => {
    const older = await here.join(ALICE);
    const place = where === 'the same node' ? here : there;
    const newer = await place.join(ALICE);
    await settled();
    expect(closeCodesOf(older.socket)).toEqual([4503]);
    expect(closeCodesOf(newer.socket)).toEqual([]);
    expect(here.hub.size + there.hub.size).toBe(1);
    expect(await routeOf(ALICE)).toMatchObject({ node: place.self, session: newer.connection.session?.id });
  });

  it('never makes a watcher see OFFLINE', async () => {
    const watcher = await there.join(BOB, [ALICE]);
    await here.join(ALICE);
    await here.join(ALICE);
    await settled();
    const seen = watcher.socket.take().flatMap(({ data }) => data['peers']);
    expect(seen).toEqual([{ peer_id: ALICE, status: 'ONLINE' }]);
  });

  it.each(['the same node', 'another node'])(
    'displaces a pending register at %s, which leaves no state',
    async (where) => {
      const release = holdClaims(here);
      const older = here.connect();
      older.socket.says('register', identity(ALICE, [BOB]), 'r1');
      await settled();
      const place = where === 'the same node' ? here : there;
      const newer = place.connect();
      newer.socket.says('register', identity(ALICE));
      await settled();
      release();
      await settled();
      // At the same node its claim is answered first, so it is a session for a moment.
      const seen = where === 'the same node' ? ['registered', 'presence'] : [];
      expect(older.socket.received.map(({ event }) => event)).toEqual(seen);
      expect(closeCodesOf(older.socket)).toEqual([4503]);
      expect(newer.socket.received).toMatchObject([{ event: 'registered' }]);
      expect(await routeOf(ALICE)).toMatchObject({ session: newer.connection.session?.id });
      expect(here.presence.size).toBe(0);
      newer.socket.vanishes();
      await settled();
      expect([leftAt(here), leftAt(there), await routeOf(ALICE)]).toEqual([NOTHING, NOTHING, undefined]);
    },
  );

  it('displaces a pending register, and with it the session that this one would have replaced', async () => {
    const older = await here.join(ALICE);
    const release = holdClaims(there);
    const pending = there.connect();
    pending.socket.says('register', identity(ALICE));
    await settled();
    const newer = await (await startNode({ region })).join(ALICE);
    await settled();
    release();
    await eventually('the first session is closed', () => older.socket.closeCodes.length > 0);
    expect([older, pending, newer].map(({ socket }) => closeCodesOf(socket))).toEqual([[4503], [4503], []]);
    expect([leftAt(here), leftAt(there)]).toEqual([NOTHING, NOTHING]);
  });

  it('closes the session that a register in between could not give its peer back to', async () => {
    const older = await here.join(ALICE);
    const third = await startNode({ region });
    const answer = holdClaims(there);
    const between = there.connect();
    between.socket.says('register', identity(ALICE));
    await settled();
    between.socket.vanishes();
    const store = there.engines.routes;
    const release = store.release.bind(store);
    let newer: Awaited<ReturnType<TestNode['join']>> | undefined;
    store.release = async (...asked) => {
      store.release = release;
      newer = await third.join(ALICE);
      return release(...asked);
    };
    answer();
    await eventually('the first session is closed', () => older.socket.closeCodes.length > 0);
    expect(closeCodesOf(older.socket)).toEqual([4503]);
    expect(newer && closeCodesOf(newer.socket)).toEqual([]);
    expect(await routeOf(ALICE)).toMatchObject({ node: third.self });
    expect([leftAt(here), leftAt(there)]).toEqual([NOTHING, NOTHING]);
  });

  it('displaces a pending register whose route was lost', async () => {
    const release = holdClaims(here);
    const { socket } = here.connect();
    socket.says('register', identity(ALICE));
    await settled();
    const route = await routeOf(ALICE);
    here.sessions.displace(route?.session ?? ('' as SessionId));
    release();
    await settled();
    expect(closeCodesOf(socket)).toEqual([4503]);
    expect(leftAt(here)).toEqual(NOTHING);
  });
});

describe('A client that disconnects before its claim is answered', () => {
  it('leaves no route, no contacts and no session', async () => {
    const release = holdClaims(here);
    const { socket } = here.connect();
    socket.says('register', identity(ALICE, [BOB]));
    await settled();
    socket.vanishes();
    release();
    await settled();
    expect([leftAt(here), await routeOf(ALICE)]).toEqual([NOTHING, undefined]);
    expect(socket.received).toEqual([]);
  });

  it('is awaited by a stopping node until its route is released', async () => {
    const release = holdClaims(here);
    const { connection, socket } = here.connect();
    socket.says('register', identity(ALICE));
    await settled();
    connection.close(1012);
    const done = here.sessions.settled();
    release();
    await done;
    expect(await routeOf(ALICE)).toBeUndefined();
  });
});

describe('While the store does not answer,', () => {
  it('a register is answered unavailable with a delay, closed with 4005, and leaves no state', async () => {
    const { socket } = here.connect();
    here.licenses.verdict = () => {
      region.outage = true;
      return { outcome: 'accepted', licenseId: LICENSE };
    };
    socket.says('register', identity(ALICE, [BOB]), 'r1');
    await settled();
    const retry_after_ms = Number(/^retry_after_ms=(\d+)$/.exec(socket.closes[0]?.reason ?? '')?.[1]);
    expect(socket.received).toMatchObject([
      { event: 'error', ref: 'r1', data: { code: 'unavailable', event: 'register', retry_after_ms } },
    ]);
    expect(closeCodesOf(socket)).toEqual([4005]);
    expect(leftAt(here)).toEqual(NOTHING);
  });
});

describe('A failing register', () => {
  /** A device with a session here, and a session that watches it there; then the device registers again there. */
  async function rivals() {
    const older = await here.join(ALICE);
    const watcher = await there.join(BOB, [ALICE]);
    watcher.socket.take();
    const route = await routeOf(ALICE);
    const newer = there.connect();
    /** The existing session is not changed, and no watcher was notified. */
    const expectNothingHappened = async (notified: readonly object[] = []) => {
      expect([closeCodesOf(older.socket), older.socket.received]).toEqual([[], []]);
      expect(await routeOf(ALICE)).toMatchObject({ node: here.self, session: route?.session });
      expect(watcher.socket.received).toEqual(notified);
      expect([here.hub.size, there.hub.size, there.routes.size]).toEqual([1, 1, 1]);
      // Its route still belongs to it.
      here.region.wipe();
      await here.routes.claimAgain();
      expect(await routeOf(ALICE)).toMatchObject({ node: here.self, session: route?.session });
      older.socket.vanishes();
      await settled();
      expect(await routeOf(ALICE)).toBeUndefined();
    };
    return { newer, watcher, expectNothingHappened };
  }

  it('does not affect the device or its watchers if its contacts cannot be read', async () => {
    const { newer, expectNothingHappened } = await rivals();
    there.engines.routes.find = () => Promise.reject(new Unavailable('The store does not answer.'));
    newer.socket.says('register', identity(ALICE, ['peer-carol']), 'r1');
    await settled();
    expect(newer.socket.received).toMatchObject([{ event: 'error', ref: 'r1', data: { code: 'unavailable' } }]);
    expect(closeCodesOf(newer.socket)).toEqual([4005]);
    await expectNothingHappened();
  });

  it('leaves no contacts and no session if its claim is refused', async () => {
    const { newer, expectNothingHappened } = await rivals();
    there.engines.routes.claim = () => Promise.reject(new Unavailable('The store does not answer.'));
    newer.socket.says('register', identity(ALICE, ['peer-carol']));
    await settled();
    expect(closeCodesOf(newer.socket)).toEqual([4005]);
    expect(there.presence.size).toBe(1);
    await expectNothingHappened();
  });

  it('restores the peer if its socket closes before its claim is answered, and watchers see no OFFLINE', async () => {
    const { newer, expectNothingHappened } = await rivals();
    const release = holdClaims(there);
    newer.socket.says('register', identity(ALICE, ['peer-carol']));
    await settled();
    newer.socket.vanishes();
    release();
    await settled();
    expect(there.presence.size).toBe(1);
    await expectNothingHappened();
  });

  it.each(['has left', 'stays'])(
    'at the node of the older session, which %s meanwhile, leaves a route only to that session',
    async (what) => {
      const older = await here.join(ALICE);
      const release = holdClaims(here);
      const newer = here.connect();
      newer.socket.says('register', identity(ALICE));
      await settled();
      if (what === 'has left') older.socket.vanishes();
      newer.socket.vanishes();
      release();
      await settled();
      const session = what === 'stays' ? older.connection.session?.id : undefined;
      expect((await routeOf(ALICE))?.session).toBe(session);
      expect([here.hub.size, here.routes.size]).toEqual(what === 'stays' ? [1, 1] : [0, 0]);
      older.socket.vanishes();
      await settled();
      expect([leftAt(here), await routeOf(ALICE)]).toEqual([NOTHING, undefined]);
    },
  );
});

describe('A successful register', () => {
  it('takes the peer from the older session only when it can answer, with the current state of its contacts', async () => {
    const older = await here.join(ALICE);
    const read = Promise.withResolvers<undefined>();
    const find = there.engines.routes.find.bind(there.engines.routes);
    there.engines.routes.find = async (peers) => {
      const found = await find(peers);
      await read.promise;
      return found;
    };
    const newer = there.connect();
    newer.socket.says('register', identity(ALICE, [BOB]));
    await settled();
    expect([closeCodesOf(older.socket), await routeOf(ALICE)]).toMatchObject([[], { node: here.self }]);
    const bob = await here.join(BOB);
    read.resolve(undefined);
    await settled();
    expect(closeCodesOf(older.socket)).toEqual([4503]);
    expect(newer.socket.take()).toMatchObject([
      { event: 'registered' },
      { event: 'presence', data: { peers: [{ peer_id: BOB, status: 'ONLINE' }] } },
    ]);
    bob.socket.vanishes();
    await settled();
    expect(newer.socket.take()).toMatchObject([{ event: 'presence', data: { peers: [{ status: 'OFFLINE' }] } }]);
  });
});
