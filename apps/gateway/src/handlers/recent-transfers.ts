import type { PeerId } from '@white-rabbit/protocol';
import { EXCEEDS_REGISTER_MS } from './recent-revocations.js';

/** Those who have a license after it was moved, and when this node was told. */
interface Tenure {
  readonly toldAtMs: number;
  readonly peers: ReadonlySet<PeerId>;
}

/**
 * Licenses that were moved lately to another device: a register of the displaced one that asked before must not slip
 * through behind it. Bounded by the transfers of a minute.
 */
export class RecentTransfers {
  readonly #tenures = new Map<string, Tenure>();

  /** From now on these peers have the license. `nowMs` is monotonic. */
  note(license: string, peers: ReadonlySet<PeerId>, nowMs: number): void {
    for (const [noted, { toldAtMs }] of this.#tenures) {
      if (nowMs - toldAtMs > EXCEEDS_REGISTER_MS) this.#tenures.delete(noted);
    }
    this.#tenures.set(license, { toldAtMs: nowMs, peers });
  }

  /** Whether the peer, let in by the answer to a question of `sinceMs`, was displaced by a transfer told since then. */
  isDisplacedSince(license: string, peer: PeerId, sinceMs: number): boolean {
    const tenure = this.#tenures.get(license);
    return tenure !== undefined && tenure.toldAtMs >= sinceMs && !tenure.peers.has(peer);
  }
}
