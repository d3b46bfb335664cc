import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ChangeKind, RefusalCode } from '@white-rabbit/license';
import type { PeerId } from '@white-rabbit/protocol';
import type { LicenseChange } from '@white-rabbit/signaling';
import { LICENSE } from '../../test/unit/fake-licenses.js';
import { closeCodesOf, identity, leftAt, NOTHING, startNode, type TestNode } from '../../test/unit/gateway-node.js';
import { settled } from '../../test/unit/settled.js';

const ALICE = 'peer-alice' as PeerId;
const BOB = 'peer-bobby' as PeerId;

let node: TestNode;

beforeEach(async () => {
  node = await startNode();
});

async function session() {
  const { socket, connection } = await node.join(ALICE);
  if (connection.session === undefined) throw new Error('it has registered');
  return { socket, session: connection.session };
}

const routeOfAlice = async () => (await node.engines.routes.find([ALICE])).get(ALICE);

describe('A session that ends', () => {
  it('releases its route, and a stopping node waits for the release', async () => {
    const { socket } = await session();
    const asked = Promise.withResolvers<undefined>();
    const store = node.engines.routes;
    const release = store.release.bind(store);
    store.release = async (route) => {
      await asked.promise;
      return release(route);
    };
    socket.vanishes();
    let isReleased = false;
    const released = node.sessions.settled().then(() => {
      isReleased = true;
    });
    await settled();
    expect(isReleased).toBe(false);
    asked.resolve(undefined);
    await released;
    expect([await routeOfAlice(), node.routes.size]).toEqual([undefined, 0]);
  });

  it('is closed with 4503 if it is replaced, and its route is not released', async () => {
    const { socket, session: replaced } = await session();
    node.sessions.displace(replaced.id);
    await settled();
    expect(socket.closeCodes).toEqual([4503]);
    expect([node.hub.size, node.routes.size]).toEqual([0, 0]);
    expect(await routeOfAlice()).toMatchObject({ session: replaced.id });
  });

  it('cannot be replaced any more', async () => {
    const { socket, session: gone } = await session();
    socket.vanishes();
    node.sessions.displace(gone.id);
    await settled();
    expect([socket.closes, await routeOfAlice()]).toEqual([[], undefined]);
  });

  it('is released again when the store is available, if the store did not accept the release', async () => {
    const { socket } = await session();
    node.region.outage = true;
    socket.vanishes();
    await node.sessions.settled();
    node.region.outage = false;
    expect(await routeOfAlice()).toBeDefined();
    await node.routes.claimAgain();
    expect(await routeOfAlice()).toBeUndefined();
  });
});

/** Registers a peer while the license changes: the store has made the claim, the node does not know that yet. */
async function registerDuring(changes: readonly LicenseChange[], peer: PeerId, contacts: readonly PeerId[] = []) {
  const store = node.engines.routes;
  const claim = store.claim.bind(store);
  store.claim = async (...asked) => {
    const claimed = await claim(...asked);
    node.sessions.licensesChanged(changes);
    return claimed;
  };
  const { socket } = node.connect();
  socket.says('register', identity(peer, contacts), 'r1');
  await settled();
  return socket;
}

/** A license change after which these peers still have a place. */
const changed = (kind: ChangeKind, ...peers: PeerId[]) => [{ licenseId: LICENSE, kind, peers: new Set(peers) }];

describe.each<[string, ChangeKind, RefusalCode, number]>([
  ['moved to another device', 'transferred', 'license_device_limit', 4501],
  ['taken from a device by an operator', 'released', 'license_unavailable', 4004],
])('A license that was %s', (_, kind, code, closeCode) => {
  it('ends the sessions of peers that have lost their place, and no others', async () => {
    const [alice, bob] = [await node.join(ALICE), await node.join(BOB)];
    node.licenses.verdict = () => ({ outcome: 'accepted', licenseId: 'another' as typeof LICENSE });
    const carol = await node.join('peer-carol');
    node.sessions.licensesChanged(changed(kind, BOB));
    expect([alice, bob, carol].map(({ socket }) => socket.closeCodes)).toEqual([[4501], [], []]);
  });

  it('refuses a pending register of the displaced device that was accepted before', async () => {
    const socket = await registerDuring(changed(kind, BOB), ALICE, [BOB]);
    expect(socket.received).toMatchObject([{ event: 'error', ref: 'r1', data: { code } }]);
    expect(closeCodesOf(socket)).toEqual([closeCode]);
    expect(leftAt(node)).toEqual(NOTHING);
  });

  it('accepts a pending register of a bound device during the notification of the change', async () => {
    const socket = await registerDuring(changed(kind, BOB), BOB);
    expect(socket.received).toMatchObject([{ event: 'registered', ref: 'r1' }]);
  });
});

describe('A license that is revoked', () => {
  it('ends its sessions, and no others', async () => {
    const alice = await node.join(ALICE);
    node.licenses.verdict = () => ({ outcome: 'accepted', licenseId: 'another' as typeof LICENSE });
    const bob = await node.join(BOB);
    node.sessions.licensesChanged(changed('revoked'));
    expect([alice.socket.closes, bob.socket.closes]).toMatchObject([[{ code: 4501, reason: 'license_revoked' }], []]);
  });

  it('refuses a pending register that was accepted before', async () => {
    const socket = await registerDuring(changed('revoked'), ALICE, [BOB]);
    expect(socket.received).toMatchObject([{ event: 'error', ref: 'r1', data: { code: 'license_revoked' } }]);
    expect(closeCodesOf(socket)).toEqual([4501]);
    expect(leftAt(node)).toEqual(NOTHING);
  });

  it('accepts a register that began after it was restored', async () => {
    node.sessions.licensesChanged(changed('revoked'));
    const { socket } = await node.join(ALICE);
    expect(socket.closeCodes).toEqual([]);
  });
});

describe('A license that expires', () => {
  const expiring = (expiresInMs: number) => () => ({ outcome: 'accepted', licenseId: LICENSE, expiresInMs }) as const;

  it('ends its session at its expiry and not before; a license that never expires is not tracked', async () => {
    const lasting = await node.join(BOB);
    expect(node.sessions.expiring).toBe(0);
    node.licenses.verdict = expiring(60_000);
    const alice = await node.join(ALICE);
    const registeredMs = performance.now();
    await node.sessions.tick(registeredMs + 59_000);
    expect(closeCodesOf(alice.socket)).toEqual([]);
    await node.sessions.tick(registeredMs + 60_000);
    expect(alice.socket.closes).toMatchObject([{ code: 4501, reason: 'license_expired' }]);
    expect(closeCodesOf(lasting.socket)).toEqual([]);
  });

  it('is no longer tracked after its session has ended', async () => {
    node.licenses.verdict = expiring(60_000);
    const { socket } = await node.join(ALICE);
    expect(node.sessions.expiring).toBe(1);
    socket.vanishes();
    await settled();
    expect(node.sessions.expiring).toBe(0);
  });
});
