import type { CLOSE_CODES, LIMITS, SOCKET_PATH, SUBPROTOCOL } from '@white-rabbit/protocol';

/**
 * The numbers of PROTOCOL.md that a client needs, repeated here because this package brings only the protocol's types
 * into a browser. Their types are the protocol's own: another number does not compile.
 */
export const WIRE: {
  readonly subprotocol: typeof SUBPROTOCOL;
  readonly path: typeof SOCKET_PATH;
  /** This gateway restarts: reconnect at once. */
  readonly restart: typeof CLOSE_CODES.restart;
  /** Silence after which one side asks the other whether it is there. */
  readonly heartbeatIntervalMs: typeof LIMITS.heartbeatIntervalMs;
  /** Silence after which the other side is gone. */
  readonly heartbeatTimeoutMs: typeof LIMITS.heartbeatTimeoutMs;
  /** How long a call may ring. */
  readonly ringMs: typeof LIMITS.ringMs;
  /** A frame with a `ref` has its answer by then, as far as the server is concerned. */
  readonly outcomeMs: typeof LIMITS.outcomeMs;
  /** Most signals that can come at once. */
  readonly signalBurst: typeof LIMITS.signalBurst;
  /** Most contacts of a session. */
  readonly contacts: typeof LIMITS.contacts;
} = {
  subprotocol: 'white-rabbit.v1',
  path: '/ws',
  restart: 1012,
  heartbeatIntervalMs: 30_000,
  heartbeatTimeoutMs: 60_000,
  ringMs: 45_000,
  outcomeMs: 5_000,
  signalBurst: 300,
  contacts: 1_000,
};
