/**
 * Every number of the wire contract (PROTOCOL.md, sections 1–5). Operators may change some of them through the
 * gateway's settings; what stands here is what a client may count on.
 */
export const LIMITS = {
  /** Largest frame a client may send; a larger one closes the socket with 1009. Bytes. */
  frameBytes: 64 * 1024,
  /** Contacts of a session, different peers. */
  contacts: 1000,
  /** Calls of a session at once, ringing or active. */
  calls: 16,
  /** From the opening of a socket to its `register`. */
  registerMs: 10_000,
  /** Silence after which the server sends `heartbeat`. */
  heartbeatIntervalMs: 30_000,
  /** Silence after which the server closes with 4000. */
  heartbeatTimeoutMs: 60_000,
  /** How long a call may ring before it ends with `timeout`. */
  ringMs: 45_000,
  /** The TURN credentials of a call let a client in for so long. */
  turnCredentialsMs: 600_000,
  /** A frame with a `ref` has its `ack` or `error` by then. */
  outcomeMs: 5_000,
  /** `signal` of a session: steady rate and burst. */
  signalsPerSecond: 50,
  signalBurst: 300,
  /** All other events of a session: steady rate and burst. Pings and pongs have as much for themselves. */
  eventsPerSecond: 10,
  eventBurst: 50,
  /** Bytes of all frames of a session, charged before they are read: steady rate and burst. */
  bytesPerSecond: 256 * 1024,
  byteBurst: 2 * 1024 * 1024,
  /** Bytes of all frames of a connection before it has registered, in any `registerMs`. */
  unregisteredBytes: 128 * 1024,
  /** Contacts that a session adds, those of `register` included: steady rate and burst (two complete lists). */
  contactsPerSecond: 50,
  contactBurst: 2000,
  /** Across the cluster, for each peer. */
  callsPerMinute: 30,
  registersPerMinute: 20,
  /** Rate-limited frames in a minute after which the session is closed with 4003. */
  rateLimitedPerMinute: 100,
  /** What may wait for a client that does not read before it is closed with 4002. Bytes. */
  bufferedBytes: 1024 * 1024,
} as const;

/** Path of the WebSocket endpoint. */
export const SOCKET_PATH = '/ws';

/** The subprotocol selected when a client offers it. */
export const SUBPROTOCOL = 'white-rabbit.v1';
