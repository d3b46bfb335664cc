import type { CLOSE_CODES, LIMITS, PROOF_SUBPROTOCOL, SOCKET_PATH, SUBPROTOCOL } from '@white-rabbit/protocol';

/**
 * The constants of docs/protocol.md that a client needs. They are repeated here because this package uses only the types
 * of the protocol package at run time. The types are those of the protocol: a different number does not compile.
 */
export const WIRE: {
  readonly subprotocol: typeof SUBPROTOCOL;
  /** Offered first by a client with a key: a server that selects it sends a `challenge`. Also the label of a proof. */
  readonly proofSubprotocol: typeof PROOF_SUBPROTOCOL;
  readonly path: typeof SOCKET_PATH;
  /** Close code: the gateway restarts, reconnect at once. */
  readonly restart: typeof CLOSE_CODES.restart;
  /** Silence after which a side sends a heartbeat. */
  readonly heartbeatIntervalMs: typeof LIMITS.heartbeatIntervalMs;
  /** Silence after which a side closes the connection. */
  readonly heartbeatTimeoutMs: typeof LIMITS.heartbeatTimeoutMs;
  /** Maximum ringing time of a call. */
  readonly ringMs: typeof LIMITS.ringMs;
  /** Time limit of the server for the response to a frame with a `ref`. */
  readonly outcomeMs: typeof LIMITS.outcomeMs;
  /** Maximum burst of signals. */
  readonly signalBurst: typeof LIMITS.signalBurst;
  /** Maximum contacts of a session. */
  readonly contacts: typeof LIMITS.contacts;
} = {
  subprotocol: 'white-rabbit.v1',
  proofSubprotocol: 'white-rabbit.v1.proof',
  path: '/ws',
  restart: 1012,
  heartbeatIntervalMs: 30_000,
  heartbeatTimeoutMs: 60_000,
  ringMs: 45_000,
  outcomeMs: 5_000,
  signalBurst: 300,
  contacts: 1_000,
};
