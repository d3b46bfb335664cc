import type { NodeId } from '@white-rabbit/signaling';

/**
 * Maximum of remembered senders: far more gateways than a region has. Beyond it the oldest is forgotten, and a late
 * duplicate of its last text would be accepted.
 */
export const SENDERS = 4096;

/** The last sequence number of each node: a text whose number is not greater is a duplicate, or came too late. */
export class SenderTable {
  readonly #last = new Map<NodeId, number>();

  isNew(from: NodeId, sequence: number): boolean {
    const last = this.#last.get(from);
    if (last !== undefined && sequence <= last) return false;
    if (last === undefined && this.#last.size >= SENDERS) this.#forgetOne();
    this.#last.set(from, sequence);
    return true;
  }

  #forgetOne(): void {
    for (const oldest of this.#last.keys()) {
      this.#last.delete(oldest);
      return;
    }
  }
}
