/** Limits that are too high to be reached, for suites with another subject. */
export const GENEROUS = {
  WR_CONNECT_RATE: '100000',
  WR_EVENTS_PER_SECOND: '100000',
  WR_EVENT_BURST: '100000',
  WR_SIGNALS_PER_SECOND: '100000',
  WR_SIGNAL_BURST: '100000',
  WR_BYTES_PER_SECOND: '100000000',
  WR_BYTE_BURST: '100000000',
  WR_UNREGISTERED_BYTES: '100000000',
  WR_CONTACTS_PER_SECOND: '100000',
  WR_CALLS_PER_MINUTE: '100000',
  WR_REGISTERS_PER_MINUTE: '100000',
  WR_REFUSALS_PER_KEY: '100000',
  WR_REFUSALS_PER_GATEWAY: '100000',
} as const;

/** The place of the second of two peers: `far` is the number of its gateway. */
export const PLACES = [
  { place: 'on the same gateway', far: 0 },
  { place: 'on two gateways', far: 1 },
] as const;

/** A change of presence is delivered within this time (docs/protocol.md, section 5). Milliseconds. */
export const PRESENCE_MS = 1_000;

/** A killed node is detected within this time (docs/protocol.md, section 5). Milliseconds. */
export const NODE_LOSS_MS = 15_000;
