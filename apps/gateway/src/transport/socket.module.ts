import { Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { sourceCaps } from '../config/source-caps.js';
import { Dispatcher } from '../events/dispatcher.js';
import { HandlersModule } from '../events/handlers.module.js';
import { probeSilent } from '../events/heartbeat-handler.js';
import { RateLimits } from '../events/limits/rate-limits.js';
import { LoggerToken } from '../telemetry/ops-tokens.js';
import { Metrics } from '../telemetry/metrics/metrics.js';
import { SessionRegistry } from '@white-rabbit/signaling';
import type { Logger } from 'pino';
import { Admission } from './admission.js';
import { Connections } from './connections.js';
import { ConnectionHandler } from './connection-handler.js';
import { PublicEndpoint } from './public-endpoint.js';
import type { Refusal } from './refusal.js';
import { Sources } from './sources.js';
import { SignalingGateway } from './signaling.gateway.js';

/** The public port, and the connections that came through it. */
@Module({
  imports: [HandlersModule],
  providers: [
    {
      provide: Connections,
      inject: [Config],
      useFactory: ({ settings }: Config) =>
        new Connections(
          {
            registerMs: settings.WR_REGISTER_TIMEOUT_SECONDS,
            heartbeatIntervalMs: settings.WR_HEARTBEAT_INTERVAL_SECONDS,
            heartbeatTimeoutMs: settings.WR_HEARTBEAT_TIMEOUT_SECONDS,
            maxAgeMs: settings.WR_MAX_CONNECTION_AGE_SECONDS,
          },
          settings.WR_MAX_UNREGISTERED,
          probeSilent,
        ),
    },
    {
      provide: Admission,
      inject: [Config, Connections],
      useFactory: ({ settings }: Config, connections: Connections) => new Admission(settings, connections),
    },
    {
      provide: PublicEndpoint,
      inject: [Config, Admission, Metrics, LoggerToken],
      useFactory: ({ endpoint, settings }: Config, admission: Admission, metrics: Metrics, log: Logger) => {
        const onRefusal = (status: Refusal['status']) => {
          metrics.refusals.count(status);
        };
        const sources = new Sources({
          ...sourceCaps(settings),
          onLimited: (limit) => {
            metrics.sourcesLimited.count(limit);
          },
        });
        return new PublicEndpoint(endpoint, admission, onRefusal, log, sources);
      },
    },
    {
      provide: ConnectionHandler,
      inject: [Config, Dispatcher, RateLimits, Connections, SessionRegistry, Metrics, LoggerToken],
      useFactory: (
        { settings }: Config,
        dispatcher: Dispatcher,
        limits: RateLimits,
        connections: Connections,
        sessions: SessionRegistry,
        metrics: Metrics,
        log: Logger,
      ) => new ConnectionHandler(settings, dispatcher, limits, connections, sessions, metrics, log),
    },
    SignalingGateway,
  ],
  exports: [Connections, Admission, PublicEndpoint],
})
export class SocketModule {}
