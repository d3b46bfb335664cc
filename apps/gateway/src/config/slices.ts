import type { OtherRegion, RedisOptions } from '@white-rabbit/cluster';
import type { Rate } from '@white-rabbit/signaling';

// The configuration in slices, one for each part of the gateway. Each class is the DI token of its slice. Durations
// are in ms and rates are per second, unless the name says otherwise.

/** The identity of this gateway in reports. */
export abstract class NodeConfig {
  abstract readonly region: string;
  /** Name of the pod, container or machine. */
  abstract readonly pod: string | undefined;
}

/** The address of the WebSocket endpoint, and its access rules. */
export abstract class EndpointConfig {
  abstract readonly host: string;
  abstract readonly port: number;
  /** Paths of PEM files. If absent, the endpoint uses plain text. */
  abstract readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** If true, plain text is accepted only with `X-Forwarded-Proto: https`. */
  abstract readonly trustProxy: boolean;
  /** `undefined`: any origin is allowed. */
  abstract readonly allowedOrigins: ReadonlySet<string> | undefined;
  /** Maximum number of sockets on the port, in any state. `undefined`: no limit. */
  abstract readonly maxSockets: number | undefined;
}

/** Which clients have to prove their identity. */
export abstract class IdentityConfig {
  /** The hosts that clients dial, as they sign them. `undefined`: the host that the request names. */
  abstract readonly publicHosts: readonly string[] | undefined;
  /** `optional`: identities with a key need a proof; `new`: new devices, too; `required`: all. */
  abstract readonly proof: 'optional' | 'new' | 'required';
}

/** Which connections are admitted. */
export abstract class AdmissionConfig {
  abstract readonly maxConnections: number;
  /** Rate of new connections from all sources. */
  abstract readonly connects: Rate;
}

/** The limits of one source. 0: no limit. */
export abstract class SourceConfig {
  /** New connections per second, sustained. */
  abstract readonly connectRate: number;
  /** New connections in one burst. */
  abstract readonly connectBurst: number;
  /** Open connections that have not registered. */
  abstract readonly unregistered: number;
  /** Look-ups of license keys per minute that ended in a refusal. */
  abstract readonly refusalsPerMinute: number;
}

/** Limits of the connections. */
export abstract class ConnectionConfig {
  abstract readonly maxConnections: number;
  abstract readonly registerMs: number;
  abstract readonly heartbeatIntervalMs: number;
  abstract readonly heartbeatTimeoutMs: number;
  /** Maximum age of a connection, ± 10 %. `undefined`: no limit. */
  abstract readonly maxAgeMs: number | undefined;
  abstract readonly maxUnregistered: number;
  /** Maximum number of bytes that wait for one client. */
  abstract readonly maxBufferedBytes: number;
  /** Maximum number of bytes that wait for all clients together. */
  abstract readonly maxTotalBufferedBytes: number;
}

/** Limits of the frames and requests of clients. */
export abstract class LimitsConfig {
  abstract readonly signals: Rate;
  /** All other events. */
  abstract readonly events: Rate;
  /** Bytes of a connection that has not registered, in 10 s. */
  abstract readonly unregisteredBytes: number;
  abstract readonly contactsPerSecond: number;
  abstract readonly maxContacts: number;
  abstract readonly rateLimitedPerMinute: number;
  abstract readonly callsPerMinute: number;
  abstract readonly registersPerMinute: number;
  abstract readonly refusalsPerKey: number;
  abstract readonly refusalsPerGateway: number;
  /**
   * The HMAC key that hides peer ids in Redis while their limits are counted. `undefined`: a gateway without a
   * cluster.
   */
  abstract readonly key: Buffer | undefined;
}

/** Limits of the calls of a session. */
export abstract class CallsConfig {
  abstract readonly calls: number;
  abstract readonly ringMs: number;
}

/** The cluster that this gateway joins. */
export abstract class ClusterConfig {
  abstract readonly region: string;
  /** `undefined`: a single gateway without a cluster, with its state in memory. */
  abstract readonly redis: RedisOptions | undefined;
  /** The regions that share presence with this region. Empty if there is no other region. */
  abstract readonly otherRegions: readonly OtherRegion[];
}

/** TURN and STUN servers that the gateway gives to clients in a call. */
export abstract class TurnConfig {
  /** `turn:`, `turns:` and `stun:` URLs. If empty, clients are given no servers. */
  abstract readonly urls: readonly string[];
  /** Shared with the TURN servers: the gateway signs credentials with it. */
  abstract readonly secret: string;
}

/** The timing of a shutdown. */
export abstract class DrainConfig {
  /** Time during which the gateway is unready but still admits clients, so that the load balancer can notice. */
  abstract readonly delayMs: number;
  /** Time over which the closing of connections is spread. */
  abstract readonly windowMs: number;
}

/** The license database. */
export abstract class DatabaseConfig {
  /** `undefined`: an embedded PostgreSQL in `dataDir`. */
  abstract readonly url: string | undefined;
  /** A streaming replica near this gateway. `undefined`: there is none. */
  abstract readonly readUrl: string | undefined;
  abstract readonly dataDir: string;
  abstract readonly poolSize: number;
  abstract readonly preparedStatements: boolean;
  /**
   * Minimum number of days between two transfers of a license by its user. `undefined`: users must not transfer
   * licenses.
   */
  abstract readonly transferDays: number | undefined;
}

/** Logs, traces and the admin port. */
export abstract class TelemetryConfig {
  abstract readonly adminHost: string;
  abstract readonly adminPort: number;
  abstract readonly logLevel: string;
  /** Endpoint of an OpenTelemetry collector. `undefined`: the gateway sends no traces. */
  abstract readonly otlpUrl: string | undefined;
  /** Share of registers, calls and drains that is traced, 0 to 1. */
  abstract readonly otlpSample: number;
}
