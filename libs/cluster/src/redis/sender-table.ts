import type { NodeId } from '@white-rabbit/signaling';

/**
 * Most senders remembered: far more gateways than a region has. Beyond it the one heard first is forgotten, and a late
 * double of its last envelope would be taken.
 */
export const SENDERS = 4096;

/** The last sequence number heard of each node: what does not grow is a double, or came too late. */
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
