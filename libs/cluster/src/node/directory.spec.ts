import { describe, expect, test } from '@jest/globals';
import type { PeerId, SessionId } from '@white-rabbit/protocol';
import { type NodeId, Unavailable } from '@white-rabbit/signaling';
import { MemoryRegion } from '../memory-region.js';
import { MemoryNodeRegistry } from '../node-registry.memory.js';
import type { LeaseState } from '../node-registry.js';
import { MemoryRouteStore } from '../route-store.memory.js';
import { FakeClock } from '../../test/node/fake-clock.js';
import { Directory } from './directory.js';
import { FailureDetector } from './failure-detector.js';

const SELF = 'node-self' as NodeId;
const OTHER = 'node-other' as NodeId;
const ALICE = 'alice-peer' as PeerId;
const SESSION = 'session-1' as SessionId;

/** A registry that counts how often it is asked for the other node. */
class CountingRegistry extends MemoryNodeRegistry {
  asked = 0;

  override leases(nodes: readonly NodeId[]): Promise<ReadonlyMap<NodeId, LeaseState>> {
    if (nodes.includes(OTHER)) this.asked++;
    return super.leases(nodes);
  }
}

function directory() {
  const clock = new FakeClock();
  const region = new MemoryRegion({ now: () => clock.now() });
  const registry = new CountingRegistry(region);
  const routes = new MemoryRouteStore(region);
  const nodes = new FailureDetector({ registry, self: SELF, clock });
  return {
    clock,
    region,
    registry,
    routes,
    nodes,
    directory: new Directory({ routes, registry, nodes, self: SELF, clock }),
  };
}

describe('a directory', () => {
  test('finds a peer at a running node, and checks the node again only after 2 s', async () => {
    const { clock, registry, routes, directory: book } = directory();
    await registry.join(OTHER);
    await routes.claim(ALICE, OTHER, SESSION);
    for (let call = 0; call < 10; call++) expect((await book.locate(ALICE))?.node).toBe(OTHER);
    expect(registry.asked).toBe(1);
    await clock.advance(2_000);
    await book.locate(ALICE);
    expect(registry.asked).toBe(2);
  });

  test('does not find a peer without a route', async () => {
    const { directory: book } = directory();
    expect(await book.locate(ALICE)).toBeUndefined();
  });

  test('does not find a peer at a node without a lease', async () => {
    const { routes, directory: book } = directory();
    await routes.claim(ALICE, OTHER, SESSION);
    expect(await book.locate(ALICE)).toBeUndefined();
  });

  test('does not find a peer at a node that is regarded as dead, and checks no lease', async () => {
    const { registry, routes, nodes, directory: book } = directory();
    await routes.claim(ALICE, OTHER, SESSION);
    nodes.watch(OTHER);
    await nodes.check([OTHER]);
    const asked = registry.asked;
    expect(await book.locate(ALICE)).toBeUndefined();
    expect(registry.asked).toBe(asked);
  });

  test('rejects instead of reporting a peer absent whose node has not renewed its lease after a restart yet', async () => {
    const { clock, region, registry, routes, directory: book } = directory();
    await registry.join(SELF);
    await clock.advance(5_000);
    region.wipe();
    await clock.advance(1_500);
    await routes.claim(ALICE, OTHER, SESSION);
    await expect(book.locate(ALICE)).rejects.toThrow(Unavailable);
    await registry.join(OTHER);
    expect((await book.locate(ALICE))?.node).toBe(OTHER);
  });

  test('finds a peer at this node whatever the registry says', async () => {
    const { registry, routes, directory: book } = directory();
    await routes.claim(ALICE, SELF, SESSION);
    expect((await book.locate(ALICE))?.node).toBe(SELF);
    expect(registry.asked).toBe(0);
  });

  test('rejects if store or registry do not answer', async () => {
    const { region, directory: book } = directory();
    region.outage = true;
    await expect(book.locate(ALICE)).rejects.toThrow(Unavailable);
  });
});
