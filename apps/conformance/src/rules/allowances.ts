import { LIMITS } from '@white-rabbit/protocol';

/** What is granted to the network, and to clocks that tick coarsely, on top of a time of the contract. Milliseconds. */
export const NETWORK_MS = 1_000;

/** A change of presence is told within 1 s (docs/protocol.md, section 5). Milliseconds. */
export const PRESENCE_MS = 1_000 + NETWORK_MS;

/** From a frame with a `ref` to its outcome. Milliseconds. */
export const OUTCOME_MS = LIMITS.outcomeMs + NETWORK_MS;
