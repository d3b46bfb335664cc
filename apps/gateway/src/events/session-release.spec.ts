import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import { startNode, type TestNode } from '../../test/unit/gateway-node.js';
import { settled } from '../../test/unit/settled.js';

const ALICE = 'peer-alice' as PeerId;
let node: TestNode;

beforeEach(async () => {
  node = await startNode();
});
afterEach(() => {
  node.stop();
});

async function session() {
  const { socket, connection } = await node.join(ALICE);
  if (connection.session === undefined) throw new Error('it has registered');
  return { socket, session: connection.session };
}

const routeOfAlice = async () => (await node.engines.routes.find([ALICE])).get(ALICE);

it('A session that ends releases its route, and a stopping node waits for the release', async () => {
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

it('A session that is replaced is closed with 4503, and its route is not released', async () => {
  const { socket, session: replaced } = await session();
  node.sessions.displace(replaced.id);
  await settled();
  expect(socket.closeCodes).toEqual([4503]);
  expect([node.hub.size, node.routes.size]).toEqual([0, 0]);
  expect(await routeOfAlice()).toMatchObject({ session: replaced.id });
});

it('Replacing a session that has ended does nothing', async () => {
  const { socket, session: gone } = await session();
  socket.vanishes();
  node.sessions.displace(gone.id);
  await settled();
  expect([socket.closes, await routeOfAlice()]).toEqual([[], undefined]);
});

it('A release that the store does not accept is repeated when the store is available again', async () => {
  const { socket } = await session();
  node.region.outage = true;
  socket.vanishes();
  await node.sessions.settled();
  node.region.outage = false;
  expect(await routeOfAlice()).toBeDefined();
  await node.routes.claimAgain();
  expect(await routeOfAlice()).toBeUndefined();
});
