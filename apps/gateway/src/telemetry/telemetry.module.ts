import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DatabaseHealth } from './database-health.js';
import { Metrics } from './metrics/metrics.js';
import { RegistrationMetrics } from './metrics/registration-metrics.js';
import { Telemetry } from './telemetry.js';

/** Provides the log, the metrics and the tracer to every other module. */
@Global()
@Module({})
export class TelemetryModule {
  static forRoot(telemetry: Telemetry, database: DatabaseHealth): DynamicModule {
    return {
      module: TelemetryModule,
      providers: [
        { provide: Telemetry, useValue: telemetry },
        { provide: Metrics, useValue: telemetry.metrics },
        { provide: DatabaseHealth, useValue: database },
        RegistrationMetrics,
      ],
      exports: [Telemetry, Metrics, DatabaseHealth, RegistrationMetrics],
    };
  }
}
