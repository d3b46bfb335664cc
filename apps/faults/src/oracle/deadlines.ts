/** The times that the protocol promises, with a margin for the way there and back. Milliseconds. */
export interface Deadlines {
  /** An answer to a request. */
  readonly outcomeMs: number;
  /** From an ack until the signal has arrived: the gateway had it in the socket when it answered. */
  readonly arrivalMs: number;
  /** A peer that is registered is ONLINE for each watcher. */
  readonly onlineMs: number;
  /** A peer that is gone, or whose gateway is, is OFFLINE for each watcher. */
  readonly offlineMs: number;
  /** Presence is correct again after the end of an outage or of the suspension of a gateway. */
  readonly recoveryMs: number;
  /** An active call whose other side is gone ends. */
  readonly limboMs: number;
  /** A ring ends. */
  readonly ringMs: number;
}

/** docs/protocol.md, section 5. */
export const PROMISED: Deadlines = {
  outcomeMs: 6_000,
  arrivalMs: 2_000,
  onlineMs: 2_000,
  offlineMs: 15_000,
  recoveryMs: 10_000,
  limboMs: 16_000,
  ringMs: 50_000,
};
