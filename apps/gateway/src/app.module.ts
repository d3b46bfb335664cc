import { Module, type DynamicModule } from '@nestjs/common';
import { NodeLease, type DatabaseState, type Engines, type NodeReport } from '@white-rabbit/cluster';
import { LicenseModule } from '@white-rabbit/license';
import { Hub, type NodeId } from '@white-rabbit/signaling';
import type { Config } from './config/config.js';
import { GATEWAY_VERSION } from './gateway-version.js';
import { HandlersModule } from './events/handlers.module.js';
import { NodeModule } from './lifecycle/node.module.js';
import { EnginesToken, NodeIdToken } from './lifecycle/node-tokens.js';
import { Reachability } from './lifecycle/reachability.js';
import { BaseModule } from './telemetry/base.module.js';
import { HealthController } from './telemetry/health/health.controller.js';
import { Health } from './telemetry/health/health.js';
import { LicenseFailureLog } from './telemetry/log/license-failure-log.js';
import { licenseHooks } from './telemetry/metrics/license-hooks.js';
import { MetricsController } from './telemetry/metrics/metrics.controller.js';
import type { Telemetry } from './telemetry/telemetry.js';
import { OutageLog } from './telemetry/log/outage-log.js';
import { Connections } from './transport/connections.js';
import { NearlyFull } from './transport/nearly-full.js';
import { SocketModule } from './transport/socket.module.js';

/** The whole gateway: base → licenses → cluster node → handlers → sockets, and the controllers of the admin port. */
@Module({})
export class AppModule {
  static async forRoot(config: Config, databaseUrl: string, observation: Telemetry): Promise<DynamicModule> {
    const outages = new OutageLog(observation.log, 'database');
    let database: DatabaseState = 'unknown';
    const failures = new LicenseFailureLog(observation.log, () => database === 'up');
    const licenses = await LicenseModule.forRoot({
      databaseUrl,
      poolSize: config.settings.WR_DATABASE_POOL,
      preparedStatements: config.settings.WR_DATABASE_PREPARED_STATEMENTS,
      transferDays: config.settings.WR_LICENSE_TRANSFER_DAYS,
      onWatch: (isAnswered, code) => {
        outages.note(isAnswered, { code });
        database = isAnswered ? 'up' : 'down';
      },
      ...licenseHooks(observation.metrics, failures),
    });
    observation.metrics.gauge('wr_database_up', () => (database === 'unknown' ? undefined : Number(database === 'up')));
    return {
      module: AppModule,
      imports: [
        BaseModule.forRoot(config, observation),
        { ...licenses, global: true },
        NodeModule,
        HandlersModule,
        SocketModule,
      ],
      controllers: [HealthController, MetricsController],
      providers: [
        {
          provide: Health,
          inject: [NodeIdToken, EnginesToken, Reachability, NodeLease, Hub, Connections],
          useFactory: (
            node: NodeId,
            { kind }: Engines,
            reachability: Reachability,
            lease: NodeLease,
            hub: Hub,
            connections: Connections,
          ) => {
            const nearlyFull = new NearlyFull(config.settings.WR_MAX_CONNECTIONS, () => connections.open);
            return new Health({
              node,
              cluster: () => reachability.state,
              isFull: () => nearlyFull.isFull,
              counts: () => ({
                ...occupancy(config, database, hub, connections),
                // Within one process there is nothing to measure.
                ...(kind === 'redis' && measured(lease)),
              }),
            });
          },
        },
      ],
    };
  }
}

function occupancy({ settings }: Config, database: DatabaseState, hub: Hub, connections: Connections) {
  return {
    region: settings.WR_REGION,
    version: GATEWAY_VERSION,
    ...(settings.WR_POD !== undefined && { pod: settings.WR_POD }),
    uptimeSeconds: Math.floor(process.uptime()),
    sessions: hub.size,
    connections: connections.open,
    database,
  };
}

function measured({ probeLagMs, renewalMs }: NodeLease): Pick<NodeReport, 'busLagMs' | 'redisMs'> {
  return {
    ...(probeLagMs !== undefined && { busLagMs: tenths(probeLagMs) }),
    ...(renewalMs !== undefined && { redisMs: tenths(renewalMs) }),
  };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
