import { ROUTE_LEASE_MS } from '../route-store.js';
import { SHARDS } from '../shards.js';
import type { Clock } from '../clock.js';
import type { HeldRoutes } from './held-routes.js';

/** The instance that has all routes of a shard, and when they were last written there. */
interface Claim {
  readonly instance: string;
  readonly at: number;
}

/**
 * On which instances of the store all routes of this node are. An instance that restarted empty, or took over, has
 * another name and none of them until every shard was renewed there once.
 */
export class ClaimedShards {
  readonly #claims = new Map<number, Claim>();
  #hasNew = false;

  /** @param instanceOf The instance that serves a shard now. */
  constructor(
    private readonly held: HeldRoutes,
    private readonly clock: Clock,
    readonly instanceOf: (shard: number) => string | undefined,
  ) {}

  /**
   * All routes of the shard were written. `instance`: the one that served the shard before the call was sent. Returns
   * whether it still does: if not, it is unknown where the routes were written.
   */
  renewed(shard: number, instance: string | undefined): boolean {
    const isSame = instance !== undefined && this.instanceOf(shard) === instance;
    if (!isSame) {
      this.#claims.delete(shard);
      return false;
    }
    if (!this.#isClaimed(shard, instance)) this.#hasNew = true;
    this.#claims.set(shard, { instance, at: this.clock.now() });
    return true;
  }

  /** Whether some shard has got an instance, or another one, since the last call. */
  takeNew(): boolean {
    const hasNew = this.#hasNew;
    this.#hasNew = false;
    return hasNew;
  }

  /** The same for one more route of the shard, which says nothing about the others. */
  added(shard: number, instance: string | undefined): boolean {
    if (this.held.in(shard).length === 1) return this.renewed(shard, instance);
    const isSame = instance !== undefined && this.instanceOf(shard) === instance;
    if (!isSame) this.#claims.delete(shard);
    return isSame;
  }

  /** Some route of the shard may be missing. */
  failed(shard: number): void {
    this.#claims.delete(shard);
  }

  /** Shards of which some route may be missing. */
  unclaimed(): readonly number[] {
    return [...this.held.shards()].filter((shard) => !this.#isClaimed(shard, this.instanceOf(shard)));
  }

  /** The instances that have all routes of this node that belong there. */
  instances(): readonly string[] {
    const complete = new Set<string>();
    const incomplete = new Set<string>();
    for (let shard = 0; shard < SHARDS; shard++) {
      const instance = this.instanceOf(shard);
      if (instance !== undefined) (this.#isClaimed(shard, instance) ? complete : incomplete).add(instance);
    }
    return [...complete].filter((instance) => !incomplete.has(instance));
  }

  #isClaimed(shard: number, instance: string | undefined): boolean {
    if (!this.held.hasIn(shard)) return true;
    const claim = this.#claims.get(shard);
    // The store has dropped routes that were not renewed for as long as their lease.
    return claim !== undefined && claim.instance === instance && this.clock.now() - claim.at < ROUTE_LEASE_MS;
  }
}
