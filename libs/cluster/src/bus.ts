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
 * Transport of texts between nodes: at most once, in order for each (from, to), duplicates dropped. A dead node is an
 * outcome, not an exception. Sending to oneself works like any other send; with it a node verifies that it can
 * receive.
 */
export abstract class Bus {
  /** `body` is opaque, at most `BUS_BODY_BYTES`; a larger one is not sent, and is `unavailable`. Never rejects. */
  abstract send(to: NodeId, body: string): Promise<Delivery>;
  abstract onMessage(listener: (from: NodeId, body: string) => void): void;
}

/** Largest body: a frame of 64 KiB and its envelope. */
export const BUS_BODY_BYTES = 96 * 1024;

/**
 * Whether a body exceeds the limit of the bus. Bytes are counted only if the number of characters does not decide it.
 */
export function isOversized(body: string): boolean {
  if (body.length * 3 <= BUS_BODY_BYTES) return false;
  return body.length > BUS_BODY_BYTES || Buffer.byteLength(body) > BUS_BODY_BYTES;
}
