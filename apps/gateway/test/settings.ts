export { GENEROUS } from '@white-rabbit/testing';

/** The place of the second of two peers: `far` is the number of its gateway. */
export const PLACES = [
  { place: 'on the same gateway', far: 0 },
  { place: 'on two gateways', far: 1 },
] as const;

/** What a busy machine may add to a promised time. `npm run test:faults` allows nothing. Milliseconds. */
export const BUSY_MS = process.env['WR_TEST_FIGURES'] === undefined ? 4_000 : 0;

/** A change of presence is delivered within this time (docs/protocol.md, section 5). Milliseconds. */
export const PRESENCE_MS = 1_000 + BUSY_MS;

/** A killed node is detected within this time (docs/protocol.md, section 5). Milliseconds. */
export const NODE_LOSS_MS = 15_000 + BUSY_MS;
