import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { Epoch, NodeId, Route } from '@white-rabbit/signaling';
import { RouteStore, type Claimed } from '../../src/route-store.js';
import type { Clock } from '../../src/clock.js';

/** A store behind a connection: what is asked is done a random while later, in order, and answered later still, in order. */
export class SlowRouteStore extends RouteStore {
  readonly #there: Pipe;
  readonly #back: Pipe;

  constructor(
    private readonly inner: RouteStore,
    clock: Clock,
    delayMs: () => number,
  ) {
    super();
    this.#there = new Pipe(clock, delayMs);
    this.#back = new Pipe(clock, delayMs);
  }

  override instanceOf(shard: number, node: NodeId): string | undefined {
    return this.inner.instanceOf(shard, node);
  }

  override claim(peer: PeerId, node: NodeId, session: SessionId, above?: Epoch): Promise<Claimed> {
    return this.#later(() => this.inner.claim(peer, node, session, above));
  }

  override renew(routes: readonly Route[]): Promise<readonly Route[]> {
    return this.#later(() => this.inner.renew(routes));
  }

  override release(route: Route, heir?: Route): Promise<boolean> {
    return this.#later(() => this.inner.release(route, heir));
  }

  override find(peers: readonly PeerId[], unanswered?: Set<PeerId>): Promise<ReadonlyMap<PeerId, Route>> {
    return this.#later(() => this.inner.find(peers, unanswered));
  }

  #later<T>(work: () => Promise<T>): Promise<T> {
    return overPipes(work, this.#there, this.#back);
  }
}

/** Work that is asked for through one pipe, and answered through another. */
export function overPipes<T>(work: () => Promise<T>, there: Pipe, back: Pipe): Promise<T> {
  return new Promise((resolve, reject) => {
    there.pass(() => {
      const done = work();
      done.catch(() => undefined);
      back.pass(() => {
        done.then(resolve, reject);
      });
    });
  });
}

/** Things come out in the order they went in, each a random while later. */
export class Pipe {
  #last = 0;

  constructor(
    private readonly clock: Clock,
    private readonly delayMs: () => number,
  ) {}

  readonly pass = (deliver: () => void): void => {
    this.#last = Math.max(this.#last, this.clock.now() + this.delayMs());
    this.clock.after(this.#last - this.clock.now(), deliver);
  };
}
