import type { OtherRegion, RedisOptions } from '@white-rabbit/cluster';
import type { Rate } from '@white-rabbit/signaling';

// The configuration in slices, one for each part of the gateway. Each class is the DI token of its slice. Durations are
// in ms, rates per second unless their name says otherwise.

/** What this gateway says of itself. */
export abstract class NodeConfig {
  abstract readonly region: string;
  /** Name of the pod, container or machine. */
  abstract readonly pod: string | undefined;
}

/** Where the WebSocket endpoint listens, and how it is kept private. */
export abstract class EndpointConfig {
  abstract readonly host: string;
  abstract readonly port: number;
  /** Paths of PEM files; absent: plain text. */
  abstract readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Plain text is taken only with `X-Forwarded-Proto: https`. */
  abstract readonly trustProxy: boolean;
  /** `undefined`: any origin. */
  abstract readonly allowedOrigins: ReadonlySet<string> | undefined;
  /** Sockets that the port holds at most, in whatever state. `undefined`: no limit. */
  abstract readonly maxSockets: number | undefined;
}

/** Which connections are admitted. */
export abstract class AdmissionConfig {
  abstract readonly maxConnections: number;
  /** New connections of all sources. */
  abstract readonly connects: Rate;
}

/** What one source of clients may have of a gateway. 0: no limit. */
export abstract class SourceConfig {
  /** New connections a second, steady. */
  abstract readonly connectRate: number;
  /** New connections at once. */
  abstract readonly connectBurst: number;
  /** Open connections that have not registered. */
  abstract readonly unregistered: number;
  /** Look-ups of license keys a minute that ended in a refusal. */
  abstract readonly refusalsPerMinute: number;
}

/** The life of a connection. */
export abstract class ConnectionConfig {
  abstract readonly maxConnections: number;
  abstract readonly registerMs: number;
  abstract readonly heartbeatIntervalMs: number;
  abstract readonly heartbeatTimeoutMs: number;
  /** Greatest age of a connection, ± 10 %. `undefined`: no limit. */
  abstract readonly maxAgeMs: number | undefined;
  abstract readonly maxUnregistered: number;
  /** Bytes that may wait for one client. */
  abstract readonly maxBufferedBytes: number;
  /** Bytes that may wait for all clients. */
  abstract readonly maxTotalBufferedBytes: number;
}

/** What clients may send. */
export abstract class LimitsConfig {
  abstract readonly signals: Rate;
  /** All other events. */
  abstract readonly events: Rate;
  abstract readonly bytes: Rate;
  /** Bytes of a connection that has not registered, in 10 s. */
  abstract readonly unregisteredBytes: number;
  abstract readonly contactsPerSecond: number;
  abstract readonly maxContacts: number;
  abstract readonly rateLimitedPerMinute: number;
  abstract readonly callsPerMinute: number;
  abstract readonly registersPerMinute: number;
  abstract readonly refusalsPerKey: number;
  abstract readonly refusalsPerGateway: number;
  /** Names peers in Redis while their limits are counted. `undefined`: a gateway alone. */
  abstract readonly key: Buffer | undefined;
}

/** Calls of a session. */
export abstract class CallsConfig {
  abstract readonly calls: number;
  abstract readonly ringMs: number;
}

/** The cluster that this gateway joins. */
export abstract class ClusterConfig {
  abstract readonly region: string;
  /** `undefined`: one gateway alone, in memory. */
  abstract readonly redis: RedisOptions | undefined;
  /** The regions that share presence with this one; none: it is alone. */
  abstract readonly otherRegions: readonly OtherRegion[];
}

/** TURN and STUN servers that clients in a call are given. */
export abstract class TurnConfig {
  /** `turn:`, `turns:` and `stun:` URLs; none: clients are given no servers. */
  abstract readonly urls: readonly string[];
  /** Shared with the TURN servers: credentials are signed with it. */
  abstract readonly secret: string;
}

/** How a gateway stops. */
export abstract class DrainConfig {
  /** Unready, but still admitting clients: a load balancer has to notice. */
  abstract readonly delayMs: number;
  /** Over which the closing of connections is spread. */
  abstract readonly windowMs: number;
}

/** The license database. */
export abstract class DatabaseConfig {
  /** `undefined`: an embedded PostgreSQL in `dataDir`. */
  abstract readonly url: string | undefined;
  abstract readonly dataDir: string;
  abstract readonly poolSize: number;
  abstract readonly preparedStatements: boolean;
  /** Days between two moves of a license by its user. `undefined`: they may not. */
  abstract readonly transferDays: number | undefined;
}

/** Logs, traces and the admin port. */
export abstract class TelemetryConfig {
  abstract readonly adminHost: string;
  abstract readonly adminPort: number;
  abstract readonly logLevel: string;
  /** Endpoint of an OpenTelemetry collector. `undefined`: no traces. */
  abstract readonly otlpUrl: string | undefined;
  /** Part of registers, calls and drains that is traced, 0 to 1. */
  abstract readonly otlpSample: number;
}
