export { GENEROUS } from '@white-rabbit/testing';

/** The place of the second of two peers: `far` is the number of its gateway. */
export const PLACES = [
  { place: 'on the same gateway', far: 0 },
  { place: 'on two gateways', far: 1 },
] as const;

/** A change of presence is delivered within this time (docs/protocol.md, section 5). Milliseconds. */
export const PRESENCE_MS = 1_000;

/** A killed node is detected within this time (docs/protocol.md, section 5). Milliseconds. */
export const NODE_LOSS_MS = 15_000;
