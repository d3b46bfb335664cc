/** The times that the protocol promises, with an allowance. Milliseconds. */
export interface Deadlines {
  /** An answer to a request. */
  readonly outcomeMs: number;
  /** From an ack until the signal has arrived: the gateway had it in the socket when it answered. */
  readonly arrivalMs: number;
  /** A gateway has noticed that the connection of a client ended. */
  readonly noticedMs: number;
  /** A peer that is registered is ONLINE for each watcher; a session has the status of each contact. */
  readonly onlineMs: number;
  /** A peer that is gone is OFFLINE for each watcher. */
  readonly offlineMs: number;
  /** What ended at a gateway that was killed has ended for all: its peers are OFFLINE, and so do their calls end. */
  readonly killedMs: number;
  /** Presence is correct again after the end of an outage or of the suspension of a gateway. */
  readonly recoveryMs: number;
  /** An active call whose other side is gone ends. */
  readonly limboMs: number;
  /** The same after the end of an outage or of the suspension of a gateway. */
  readonly reachedMs: number;
  /** A ring ends. */
  readonly ringMs: number;
}

/** Added to a promise for the network, and for a machine whose few CPUs the gateways and the clients share. */
const ALLOWANCE_MS = 1_000;
/** The same for an answer, which a gateway gives by its own clock, whatever the others do. */
const ANSWER_ALLOWANCE_MS = 500;

/** docs/protocol.md, sections 4 and 5. The times after a kill and after an outage have no allowance: they are long. */
export const PROMISED: Deadlines = {
  outcomeMs: 5_000 + ANSWER_ALLOWANCE_MS,
  arrivalMs: 2 * ALLOWANCE_MS,
  noticedMs: ALLOWANCE_MS,
  onlineMs: 1_000 + ALLOWANCE_MS,
  offlineMs: 1_000 + ALLOWANCE_MS,
  killedMs: 15_000,
  recoveryMs: 10_000,
  limboMs: 1_000 + ALLOWANCE_MS,
  reachedMs: 5_000 + ALLOWANCE_MS,
  ringMs: 45_000 + ALLOWANCE_MS,
};
