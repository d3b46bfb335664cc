import type { PeerId } from '@white-rabbit/protocol';
import { type NodeId, type Route, Unavailable } from '@white-rabbit/signaling';
import { MemoryRegion } from '../../src/memory-region.js';
import { RouteKeeper } from '../../src/node/route-keeper.js';
import { MemoryRouteStore } from '../../src/route-store.memory.js';
import { shardOf } from '../../src/shards.js';
import { FakeClock } from './fake-clock.js';
import { LeaseSignals } from './lease-signals.js';

/** The peer of which `keeping` shows the session. */
export const ALICE = 'alice-peer' as PeerId;

/** A store that can be slow, and that keeps the sizes of its renewals. */
class RecordingStore extends MemoryRouteStore {
  readonly renewals: number[] = [];
  /** The renewed peers. */
  readonly renewed: string[] = [];
  /** Renewals with this peer are not done and answered `Unavailable`. */
  failFor: PeerId | undefined;
  /** Set, the next renewal is done now and answered when it resolves. */
  hold: Promise<void> | undefined;
  /** Set, the next release is not done and answered `Unavailable`. */
  failNextRelease = false;
  /** Called before the next renewal happens in the store. */
  beforeRenewal: (() => Promise<unknown>) | undefined;

  override async renew(routes: readonly Route[]): Promise<readonly Route[]> {
    this.renewals.push(routes.length);
    this.renewed.push(...routes.map(({ peer }) => peer));
    if (routes.some(({ peer }) => peer === this.failFor)) throw new Unavailable('no answer');
    const before = this.beforeRenewal;
    this.beforeRenewal = undefined;
    await before?.();
    const lost = await super.renew(routes);
    await this.hold;
    return lost;
  }

  override release(route: Route, heir?: Route): Promise<boolean> {
    if (!this.failNextRelease) return super.release(route, heir);
    this.failNextRelease = false;
    return Promise.reject(new Unavailable('no answer'));
  }
}

/** A route keeper of a node on a store of its own, or on the store of another. */
export function keeping(
  node = 'node-a' as NodeId,
  shared?: { readonly clock: FakeClock; readonly region: MemoryRegion },
) {
  const clock = shared?.clock ?? new FakeClock();
  const region = shared?.region ?? new MemoryRegion({ now: () => clock.now() });
  const routes = new RecordingStore(region);
  const signals = new LeaseSignals();
  const keeper = new RouteKeeper({ routes, self: node, lease: signals, feed: signals, clock, random: () => 0.5 });
  const lost: string[] = [];
  const unreleased: string[] = [];
  keeper.onLost(({ session }) => lost.push(session));
  keeper.onUnreleased((peer) => unreleased.push(peer));
  return { clock, region, routes, keeper, signals, lost, unreleased, session: () => region.route(ALICE)?.session };
}

/** The peer of a shard with that number, from 0. */
export function peerOf(shard: number, number = 0): PeerId {
  for (let n = 0, found = 0; ; n++) {
    const peer = `peer-${n}` as PeerId;
    if (shardOf(peer) === shard && found++ === number) return peer;
  }
}
