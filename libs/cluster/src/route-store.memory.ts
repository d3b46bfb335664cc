import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { Epoch, NodeId, Route } from '@white-rabbit/signaling';
import type { MemoryRegion } from './memory-region.js';
import { isSameSession, type Claimed, ROUTE_LEASE_MS, RouteStore } from './route-store.js';

/** The routes of a region in memory. */
export class MemoryRouteStore extends RouteStore {
  constructor(private readonly region: MemoryRegion) {
    super();
  }

  override instanceOf(): string | undefined {
    return this.region.instance;
  }

  override claim(peer: PeerId, node: NodeId, session: SessionId, above?: Epoch): Promise<Claimed> {
    return this.region.answer(() => {
      const displaced = this.region.route(peer);
      const route: Route = { peer, node, session, epoch: this.region.nextEpoch(newestEpoch(displaced, above)) };
      this.#write(route);
      return { epoch: route.epoch, displaced };
    });
  }

  override renew(routes: readonly Route[]): Promise<readonly Route[]> {
    return this.region.answer(() => {
      return routes.filter((route) => !this.#renewOne(route));
    });
  }

  override release(route: Route, heir?: Route): Promise<boolean> {
    return this.region.answer(() => {
      const held = this.region.route(route.peer);
      if (held === undefined || !isSameSession(held, route)) return false;
      if (heir !== undefined) {
        this.#write({ ...heir, epoch: this.region.nextEpoch(held.epoch) });
        return true;
      }
      this.region.deleteRoute(route.peer);
      this.region.publish({ status: 'OFFLINE', peer: route.peer, epoch: held.epoch });
      return true;
    });
  }

  override find(peers: readonly PeerId[]): Promise<ReadonlyMap<PeerId, Route>> {
    return this.region.answer(() => {
      const found = new Map<PeerId, Route>();
      for (const peer of peers) {
        const route = this.region.route(peer);
        if (route !== undefined) found.set(peer, route);
      }
      return found;
    });
  }

  /** Returns whether the route is held after it. */
  #renewOne(route: Route): boolean {
    const held = this.region.route(route.peer);
    if (held === undefined) this.#write(route);
    else if (isSameSession(held, route)) this.region.setRoute(held, ROUTE_LEASE_MS);
    else if (held.epoch >= route.epoch) return false;
    else this.#write(route);
    return true;
  }

  #write(route: Route): void {
    this.region.setRoute(route, ROUTE_LEASE_MS);
    this.region.publish({ status: 'ONLINE', ...route });
  }
}

function newestEpoch(displaced: Route | undefined, above: Epoch | undefined): number {
  return Math.max(displaced?.epoch ?? 0, above ?? 0);
}
