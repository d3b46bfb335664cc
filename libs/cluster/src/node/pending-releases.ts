import type { SessionId } from '@white-rabbit/protocol';
import type { Route } from '@white-rabbit/signaling';
import { batches } from '../batches.js';
import { ROUTE_BATCH, type RouteStore } from '../route-store.js';
import type { Cancel, Clock } from '../clock.js';

/** Dependencies and limits of pending releases. */
export interface PendingReleasesOptions {
  readonly routes: RouteStore;
  readonly clock: Clock;
  /** Delay before the next try. Ms. */
  readonly retryMs: number;
  /** Maximum; beyond it, the lease ends the route. */
  readonly limit: number;
}

/**
 * Releases that the store could not take: routes may still stand there although their sessions are gone. They have their
 * own timer, so that they do not wait for renewals.
 */
export class PendingReleases {
  readonly #routes = new Map<SessionId, Route>();
  #cancelRetry: Cancel | undefined;
  #isReleasing = false;
  #stopped = false;

  constructor(private readonly options: PendingReleasesOptions) {}

  get size(): number {
    return this.#routes.size;
  }

  add(route: Route): void {
    if (this.#routes.size >= this.options.limit) return;
    this.#routes.set(route.session, route);
    this.#retrySoon();
  }

  /** The session has the route again. */
  delete(session: SessionId): void {
    this.#routes.delete(session);
  }

  /** Releases all, if the store answers. One run at a time: a release that is added meanwhile is in the next. */
  async run(): Promise<void> {
    if (this.#isReleasing) return;
    this.#isReleasing = true;
    for (const batch of batches([...this.#routes.values()], ROUTE_BATCH)) if (!(await this.#release(batch))) break;
    this.#isReleasing = false;
    this.#retrySoon();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelRetry?.();
  }

  /** Returns whether the store answered for all. */
  async #release(batch: readonly Route[]): Promise<boolean> {
    const released = await Promise.allSettled(batch.map((route) => this.options.routes.release(route)));
    batch.forEach((route, index) => {
      if (released[index]?.status === 'fulfilled') this.#routes.delete(route.session);
    });
    return released.every(({ status }) => status === 'fulfilled');
  }

  #retrySoon(): void {
    if (this.#stopped || this.#cancelRetry !== undefined || this.#routes.size === 0) return;
    this.#cancelRetry = this.options.clock.after(this.options.retryMs, () => {
      this.#cancelRetry = undefined;
      void this.run();
    });
  }
}
