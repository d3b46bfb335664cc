import type { SessionId } from '@white-rabbit/protocol';

/** A session whose claim is pending. When it is disposed, the session is open or never will be. */
export interface PendingSession extends Disposable {
  /** Whether a newer session has its peer. */
  readonly isDisplaced: boolean;
}

interface Pending {
  readonly settled: Promise<undefined>;
  isDisplaced: boolean;
}

/**
 * Sessions whose claim is under way. Other nodes may know such a session a moment before this node does: messages for it
 * wait, and it may be replaced before it is open. Bounded by the connections.
 */
export class PendingSessions {
  readonly #pending = new Map<SessionId, Pending>();

  /** Sessions whose claim is under way now. */
  get size(): number {
    return this.#pending.size;
  }

  begin(session: SessionId): PendingSession {
    const { promise: settled, resolve: settle } = Promise.withResolvers<undefined>();
    const pending: Pending = { settled, isDisplaced: false };
    this.#pending.set(session, pending);
    return {
      get isDisplaced() {
        return pending.isDisplaced;
      },
      [Symbol.dispose]: () => {
        this.#pending.delete(session);
        settle(undefined);
      },
    };
  }

  /** Resolves when the claim of this session is settled; `undefined` if there is none. */
  claiming(session: SessionId): Promise<undefined> | undefined {
    return this.#pending.get(session)?.settled;
  }

  /** Resolves when all claims that are under way now are settled. */
  async allSettled(): Promise<void> {
    await Promise.all([...this.#pending.values()].map(({ settled }) => settled));
  }

  /** A newer session has its peer. Does nothing for a session that is not pending. */
  displace(session: SessionId): void {
    const pending = this.#pending.get(session);
    if (pending !== undefined) pending.isDisplaced = true;
  }
}
