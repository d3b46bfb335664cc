import type { NodeId } from '@white-rabbit/signaling';

/**
 * The outcome of a text at its sender:
 * - `sent`: the transport accepted it and the node is subscribed (not yet proof of arrival).
 * - `unreachable`: no such node is subscribed. The text did not arrive.
 * - `unavailable`: no byte of it was given to the transport. It will never arrive.
 * - `uncertain`: the transport accepted it and did not confirm it. It may have arrived, and may still arrive late.
 */
export type Delivery = 'sent' | 'unreachable' | 'unavailable' | 'uncertain';

/**
 * Transport of opaque texts between nodes, in order for each (from, to). A text may be lost; while a connection is
 * replaced it may also arrive twice or too late, so its users number their texts. A dead node is an
 * outcome, not an exception. Sending to oneself works like any other send; with it a node verifies that it can
 * receive.
 */
export abstract class Bus {
  /** `text` has at most `BUS_TEXT_BYTES`; a larger one is not sent, and is `unavailable`. Never rejects. */
  abstract send(to: NodeId, text: string): Promise<Delivery>;
  abstract onMessage(listener: (text: string) => void): void;
}

/** Largest text, in bytes of UTF-8: a frame of 64 KiB and the header of a publish. */
export const BUS_TEXT_BYTES = 96 * 1024;

/**
 * Whether a text exceeds the limit of the bus. Bytes are counted only if the number of characters does not decide it.
 */
export function isOversized(text: string): boolean {
  if (text.length * 3 <= BUS_TEXT_BYTES) return false;
  return text.length > BUS_TEXT_BYTES || Buffer.byteLength(text) > BUS_TEXT_BYTES;
}
