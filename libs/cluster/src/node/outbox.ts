import { BUS_BODY_BYTES } from '../bus.js';
import { BATCH_HEAD_CHARS, encodeBatch } from './envelope-batch.js';
import { STAMP_CHARS } from './sent-stamp.js';

/** Maximum of code units in one batch: a code unit takes at most 3 bytes of UTF-8. A longer message is sent alone. */
const BATCH_CHARS = Math.floor(BUS_BODY_BYTES / 3) - BATCH_HEAD_CHARS - STAMP_CHARS;
/** Maximum of messages in one batch. */
const BATCH_ENVELOPES = 200;

/** Messages that wait to be sent to one node together. */
export class Outbox {
  /** The requests among them. */
  readonly asks: number[] = [];
  #texts = '';
  #count = 0;

  /** Number of messages. */
  get size(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count >= BATCH_ENVELOPES;
  }

  /** Whether the message still fits. An empty outbox accepts one of any length. */
  fits(envelope: string): boolean {
    return this.#count === 0 || this.#texts.length + envelope.length <= BATCH_CHARS;
  }

  add(envelope: string): void {
    this.#texts += envelope;
    this.#count++;
  }

  /**
   * The batch to send on the bus. `sentMs`: now, by this node's monotonic clock. `stamp`: one more message, or
   * nothing.
   */
  toBatch(sentMs: number, stamp: string): string {
    return encodeBatch(sentMs, this.#texts + stamp);
  }
}
