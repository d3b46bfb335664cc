import { Module, type DynamicModule } from '@nestjs/common';
import { LicenseModule } from '@white-rabbit/license';
import { ConfigModule } from './config/config.module.js';
import type { Config } from './config/config.js';
import { ClusterModule } from './lifecycle/cluster.module.js';
import { LifecycleModule } from './lifecycle/lifecycle.module.js';
import { DatabaseHealth } from './telemetry/database-health.js';
import type { Telemetry } from './telemetry/telemetry.js';
import { TelemetryModule } from './telemetry/telemetry.module.js';

/**
 * The root module. Global modules: configuration, telemetry, licenses, cluster. Then transport → events → lifecycle.
 */
@Module({})
export class AppModule {
  static async forRoot(config: Config, databaseUrl: string, telemetry: Telemetry): Promise<DynamicModule> {
    const database = new DatabaseHealth(telemetry);
    const { readUrl, poolSize, preparedStatements, transferDays } = config.database;
    const pool = {
      databaseUrl,
      readUrl,
      poolSize,
      preparedStatements,
      transferDays,
      bindsKeysOnly: config.identity.proof === 'new',
    };
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        TelemetryModule.forRoot(telemetry, database),
        { ...(await LicenseModule.forRoot({ ...pool, ...database.hooks })), global: true },
        ClusterModule,
        LifecycleModule,
      ],
    };
  }
}
