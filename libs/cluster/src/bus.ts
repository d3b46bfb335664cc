import type { NodeId } from './ids.js';

/**
 * What became of an envelope at its sender. `sent`: the transport took it and somebody listens there (not yet proof
 * of arrival). `unreachable`: no such node listens. `unavailable`: the transport did not answer; it may have arrived.
 */
export type Delivery = 'sent' | 'unreachable' | 'unavailable';

/**
 * Transport of texts between nodes: at most once, in order for each (from, to), doubles dropped. A dead node is an
 * answer, not an exception. Sending to oneself works like any other send and is how a node proves that it can hear.
 */
export abstract class Bus {
  /** `body` is opaque, at most `BUS_BODY_BYTES`; a larger one is not sent, and is `unavailable`. Never rejects. */
  abstract send(to: NodeId, body: string): Promise<Delivery>;
  abstract onMessage(listener: (from: NodeId, body: string) => void): void;
}

/** Largest body: a frame of 64 KiB and its envelope. */
export const BUS_BODY_BYTES = 96 * 1024;
