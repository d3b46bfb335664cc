/**
 * The limits and times of the protocol (docs/protocol.md, sections 1–5). Operators can change some of them with settings of
 * the gateway; a client can rely on these values.
 */
export const LIMITS = {
  /** Maximum size of a client's frame; a larger frame closes the socket with 1009. Bytes. */
  frameBytes: 64 * 1024,
  /** Maximum different contacts of a session. */
  contacts: 1000,
  /** Maximum simultaneous calls of a session, ringing or active. */
  calls: 16,
  /** Time limit from the opening of a socket to `register`. */
  registerMs: 10_000,
  /** Silence after which the server sends `heartbeat`. */
  heartbeatIntervalMs: 30_000,
  /** Silence after which the server closes the socket with 4000. */
  heartbeatTimeoutMs: 60_000,
  /** Time after which a ringing call ends with `timeout`. */
  ringMs: 45_000,
  /** Validity of the TURN credentials of a call. */
  turnCredentialsMs: 600_000,
  /** Time limit for the `ack` or `error` of a frame with a `ref`. */
  outcomeMs: 5_000,
  /** `signal` of a session: steady rate and burst. */
  signalsPerSecond: 50,
  signalBurst: 300,
  /** All other events of a session: steady rate and burst. Pings and pongs have a separate limit of the same size. */
  eventsPerSecond: 10,
  eventBurst: 50,
  /** Bytes of all frames of an unregistered connection, in any `registerMs`. */
  unregisteredBytes: 128 * 1024,
  /** Contacts that a session adds, including those of `register`: steady rate and burst (two complete lists). */
  contactsPerSecond: 50,
  contactBurst: 2000,
  /** Per peer, in the whole cluster. */
  callsPerMinute: 30,
  registersPerMinute: 20,
  /** Rate-limited frames in a minute after which the session is closed with 4003. */
  rateLimitedPerMinute: 100,
  /** Maximum buffer for a client that does not read; beyond it the socket is closed with 4002. Bytes. */
  bufferedBytes: 1024 * 1024,
} as const;

/** The path of the WebSocket endpoint. */
export const SOCKET_PATH = '/ws';

/** The subprotocol that the server selects if the client offers it. */
export const SUBPROTOCOL = 'white-rabbit.v1';
