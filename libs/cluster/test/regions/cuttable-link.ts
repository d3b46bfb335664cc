import { type NodeId, Unavailable } from '@white-rabbit/signaling';
import {
  type Delivery,
  type Engines,
  type NodeRegistry,
  type PresenceChange,
  type RouteStore,
  type Shards,
  Bus,
  PresenceFeed,
  SHARDS,
} from '../../src/index.js';
import type { FakeClock } from '../node/fake-clock.js';

/** What a question over a slow wire takes. Ms. */
export const SLOW_LINK_MS = 100;

/** A node's engines of another region, whose wire can be cut. */
export interface CuttableLink {
  readonly engines: Engines;
  /** `refused`: everything fails at once. `silent`: nothing is answered, nor fails. */
  cut(how: 'refused' | 'silent'): void;
  /** Every question takes `SLOW_LINK_MS`. */
  slowDown(): void;
  /** What was missed is missed; the feed says that there was a gap. */
  restore(): void;
}

/** Puts a wire that can be cut between a node and the engines of a region. */
export function cuttableLink(inner: Engines, clock: FakeClock): CuttableLink {
  let state: 'whole' | 'slow' | 'refused' | 'silent' = 'whole';
  const gaps: ((shards: Shards) => void)[] = [];
  inner.feed.onGap((shards) => {
    for (const gap of gaps) gap(shards);
  });
  const carries = (): boolean => state === 'whole' || state === 'slow';
  const over = <T>(ask: () => Promise<T>): Promise<T> => {
    if (state === 'slow')
      return new Promise((resolve) =>
        clock.after(SLOW_LINK_MS, () => {
          resolve(ask());
        }),
      );
    if (state === 'silent') return new Promise(() => undefined);
    if (state === 'refused') return Promise.reject(new Unavailable('The link is cut.'));
    return ask();
  };
  /** Calls every method of a port over the wire. */
  const wired = <P extends RouteStore | NodeRegistry>(port: P): P =>
    new Proxy(port, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return (...args: readonly unknown[]) => over(() => Reflect.apply(method, target, args) as Promise<unknown>);
      },
    });

  class WiredFeed extends PresenceFeed {
    override onChange(listener: (change: PresenceChange) => void): void {
      inner.feed.onChange((change) => {
        if (carries()) listener(change);
      });
    }
    override onGap(listener: (shards: Shards) => void): void {
      gaps.push(listener);
    }
  }

  class WiredBus extends Bus {
    override send(to: NodeId, text: string): Promise<Delivery> {
      if (state === 'refused') return Promise.resolve('unavailable');
      return over(() => inner.bus.send(to, text));
    }
    override onMessage(listener: (text: string) => void): void {
      inner.bus.onMessage((text) => {
        if (carries()) listener(text);
      });
    }
  }

  const engines: Engines = {
    ...inner,
    routes: wired(inner.routes),
    registry: wired(inner.registry),
    feed: new WiredFeed(),
    bus: new WiredBus(),
    isUp: () => state !== 'refused' && inner.isUp(),
  };
  return {
    engines,
    cut: (how) => {
      state = how;
    },
    slowDown: () => {
      state = 'slow';
    },
    restore: () => {
      state = 'whole';
      const all: Shards = new Set(Array(SHARDS).keys());
      for (const gap of gaps) gap(all);
    },
  };
}
