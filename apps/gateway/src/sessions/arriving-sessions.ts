import type { SessionId } from '@white-rabbit/protocol';

/** A session on its way, until it is disposed of: then it is here, or is not coming. */
export interface ArrivingSession extends Disposable {
  /** Whether a newer session has its peer. */
  readonly isDisplaced: boolean;
}

interface Arriving {
  readonly settled: Promise<undefined>;
  isDisplaced: boolean;
}

/**
 * Sessions whose claim is on its way. The cluster may know such a session a moment before this node does: what comes
 * for it has to wait, and it may be replaced before it is here. Bounded by the connections.
 */
export class ArrivingSessions {
  readonly #all = new Map<SessionId, Arriving>();

  /** Sessions on their way now. */
  get size(): number {
    return this.#all.size;
  }

  begin(session: SessionId): ArrivingSession {
    const { promise: settled, resolve: settle } = Promise.withResolvers<undefined>();
    const arriving: Arriving = { settled, isDisplaced: false };
    this.#all.set(session, arriving);
    return {
      get isDisplaced() {
        return arriving.isDisplaced;
      },
      [Symbol.dispose]: () => {
        this.#all.delete(session);
        settle(undefined);
      },
    };
  }

  /** Resolves when the session is settled; `undefined` for one that is not on its way. */
  claiming(session: SessionId): Promise<undefined> | undefined {
    return this.#all.get(session)?.settled;
  }

  /** Resolves when all that are on their way now are settled. */
  async allSettled(): Promise<void> {
    await Promise.all([...this.#all.values()].map(({ settled }) => settled));
  }

  /** A newer session has its peer. Nothing for one that is not on its way. */
  displace(session: SessionId): void {
    const arriving = this.#all.get(session);
    if (arriving !== undefined) arriving.isDisplaced = true;
  }
}
