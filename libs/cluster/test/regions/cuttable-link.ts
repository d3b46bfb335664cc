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
import { overPipes, Pipe } from '../node/slow-route-store.js';

/** A node's engines of another region, whose wire can be cut. */
export interface CuttableLink {
  readonly engines: Engines;
  /** `refused`: everything fails at once. `silent`: nothing is answered, nor fails. */
  cut(how: 'refused' | 'silent'): void;
  /** From now on each question and each answer takes so long, as does each message from there. Ms. */
  delay(oneWayMs: () => number): void;
  /** What was missed is missed; the feed says that there was a gap. */
  restore(): void;
}

/** Puts a wire that can be cut between a node and the engines of a region. */
export function cuttableLink(inner: Engines, clock: FakeClock): CuttableLink {
  let state: 'whole' | 'refused' | 'silent' = 'whole';
  let oneWayMs: (() => number) | undefined;
  const delayMs = (): number => oneWayMs?.() ?? 0;
  const there = new Pipe(clock, delayMs);
  const back = new Pipe(clock, delayMs);
  const gaps: ((shards: Shards) => void)[] = [];
  inner.feed.onGap((shards) => {
    for (const gap of gaps) gap(shards);
  });
  const over = <T>(ask: () => Promise<T>): Promise<T> => {
    if (state === 'silent') return new Promise(() => undefined);
    if (state === 'refused') return Promise.reject(new Unavailable('The link is cut.'));
    return oneWayMs === undefined ? ask() : overPipes(ask, there, back);
  };
  const deliver = (message: () => void): void => {
    if (state !== 'whole') return;
    if (oneWayMs === undefined) message();
    else back.pass(message);
  };
  /** Calls every method of a port over the wire. */
  const wired = <P extends RouteStore | NodeRegistry>(port: P): P =>
    new Proxy(port, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        // Known without a question: a connection that is silent is still there.
        if (name === 'instanceOf')
          return (...args: readonly unknown[]) =>
            state === 'refused' ? undefined : (Reflect.apply(method, target, args) as string | undefined);
        return (...args: readonly unknown[]) => over(() => Reflect.apply(method, target, args) as Promise<unknown>);
      },
    });

  class WiredFeed extends PresenceFeed {
    override onChange(listener: (change: PresenceChange) => void): void {
      inner.feed.onChange((change) => {
        deliver(() => {
          listener(change);
        });
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
        deliver(() => {
          listener(text);
        });
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
    delay: (ms) => {
      oneWayMs = ms;
    },
    restore: () => {
      state = 'whole';
      const all: Shards = new Set(Array(SHARDS).keys());
      for (const gap of gaps) gap(all);
    },
  };
}
