import { Module, type DynamicModule } from '@nestjs/common';
import { LicenseModule } from '@white-rabbit/license';
import { Hub } from '@white-rabbit/signaling';
import type { Logger } from 'pino';
import type { Config } from './config/config.js';
import { HandlersModule } from './handlers/handlers.module.js';
import { NodeModule } from './node/node.module.js';
import { Reachability } from './node/reachability.js';
import { BaseModule } from './ops/base.module.js';
import { HealthController } from './ops/health.controller.js';
import { Health } from './ops/health.js';
import { MetricsController } from './ops/metrics.controller.js';
import { OutageLog } from './ops/outage-log.js';
import { SocketModule } from './socket/socket.module.js';

/** The whole gateway: base → licenses → cluster node → handlers → sockets, and the controllers of the admin port. */
@Module({})
export class AppModule {
  static async forRoot(config: Config, databaseUrl: string, log: Logger): Promise<DynamicModule> {
    const outages = new OutageLog(log, 'database');
    const licenses = await LicenseModule.forRoot({
      databaseUrl,
      poolSize: config.settings.WR_DATABASE_POOL,
      onWatch: (isAnswered) => {
        outages.note(isAnswered);
      },
    });
    return {
      module: AppModule,
      imports: [
        BaseModule.forRoot(config, log),
        { ...licenses, global: true },
        NodeModule,
        HandlersModule,
        SocketModule,
      ],
      controllers: [HealthController, MetricsController],
      providers: [
        {
          provide: Health,
          inject: [Reachability, Hub],
          useFactory: (reachability: Reachability, hub: Hub) =>
            new Health(
              () => reachability.state,
              () => hub.size,
            ),
        },
      ],
    };
  }
}
