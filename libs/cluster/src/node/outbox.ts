import { BUS_BODY_BYTES } from '../bus.js';
import { BATCH_HEAD_CHARS, encodeBatch } from './envelope-batch.js';
import { STAMP_CHARS } from './sent-stamp.js';

/** Most code units in one batch: a code unit takes at most 3 bytes of UTF-8. A longer envelope goes alone. */
const BATCH_CHARS = Math.floor(BUS_BODY_BYTES / 3) - BATCH_HEAD_CHARS - STAMP_CHARS;
/** Most envelopes in one batch. */
const BATCH_ENVELOPES = 200;

/** Envelopes that wait to leave for one node together. */
export class Outbox {
  /** The asks among them. */
  readonly asks: number[] = [];
  #texts = '';
  #count = 0;

  /** Envelopes in it. */
  get size(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count >= BATCH_ENVELOPES;
  }

  /** Whether the envelope still fits. An empty outbox takes one of any length. */
  fits(envelope: string): boolean {
    return this.#count === 0 || this.#texts.length + envelope.length <= BATCH_CHARS;
  }

  add(envelope: string): void {
    this.#texts += envelope;
    this.#count++;
  }

  /** The batch to put on the bus. `sentMs`: now, by this node's monotonic clock. `stamp`: one more envelope, or nothing. */
  toBatch(sentMs: number, stamp: string): string {
    return encodeBatch(sentMs, this.#texts + stamp);
  }
}
