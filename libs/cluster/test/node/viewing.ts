import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { NodeId, Route } from '@white-rabbit/signaling';
import { MemoryRegion } from '../../src/memory-region.js';
import { MemoryNodeRegistry } from '../../src/node-registry.memory.js';
import { MemoryPresenceFeed } from '../../src/presence-feed.memory.js';
import type { Shards } from '../../src/presence-feed.js';
import { MemoryRouteStore } from '../../src/route-store.memory.js';
import { FailureDetector } from '../../src/node/failure-detector.js';
import { PresenceView } from '../../src/node/presence-view.js';
import { FakeClock } from './fake-clock.js';

export const SELF = 'node-self' as NodeId;
export const B = 'node-b' as NodeId;
export const C = 'node-c' as NodeId;
export const ALICE = 'alice-peer' as PeerId;
export const BOB = 'bob-peer' as PeerId;
export const S1 = 'session-1' as SessionId;
export const S2 = 'session-2' as SessionId;

/** A store whose reads can be held back, and are counted. */
class HeldStore extends MemoryRouteStore {
  reads = 0;
  readonly read: PeerId[] = [];
  /** Set, what was read is handed over when it resolves. */
  hold: Promise<void> | undefined;

  override async find(peers: readonly PeerId[]): Promise<ReadonlyMap<PeerId, Route>> {
    this.reads++;
    this.read.push(...peers);
    const found = await super.find(peers);
    await this.hold;
    return found;
  }
}

/** A feed of which a test reports the gaps. */
class ToldFeed extends MemoryPresenceFeed {
  readonly #listeners: ((shards: Shards) => void)[] = [];

  override onGap(listener: (shards: Shards) => void): void {
    super.onGap(listener);
    this.#listeners.push(listener);
  }

  report(shards: Shards): void {
    for (const listener of this.#listeners) listener(shards);
  }
}

/**
 * This node's view of a region with two other nodes that renew their leases until they are killed. Their leases say that
 * all their routes are claimed on the instance that was there when they started, until `claimAll` is called.
 */
export async function viewing() {
  const clock = new FakeClock();
  const region = new MemoryRegion({ now: () => clock.now() });
  const registry = new MemoryNodeRegistry(region);
  const routes = new HeldStore(region);
  const feed = new ToldFeed(region);
  const leases = new Map<NodeId, () => void>();
  const claimed = new Map<NodeId, string>();
  const claimAll = (node: NodeId) => claimed.set(node, region.instance ?? '');
  const live = async (node: NodeId) => {
    claimAll(node);
    const renew = () => void registry.renew(node, undefined, [claimed.get(node) ?? '']).catch(() => undefined);
    renew();
    leases.set(node, clock.every(3000, renew));
    await clock.advance(0);
  };
  for (const node of [SELF, B, C]) await live(node);
  const nodes = new FailureDetector({ registry, self: SELF, clock });
  const view = new PresenceView({ feed, routes, nodes, clock });
  const reported: string[] = [];
  view.onChange(({ peer, status }) => reported.push(`${peer} ${status}`));
  const kill = (node: NodeId) => leases.get(node)?.();
  const claim = async (peer: PeerId, node: NodeId, session: SessionId): Promise<Route> => {
    const { epoch } = await routes.claim(peer, node, session);
    return { peer, node, session, epoch };
  };
  return { clock, region, routes, feed, view, reported, kill, live, claim, claimAll };
}
