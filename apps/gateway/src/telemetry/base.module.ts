import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Metrics } from './metrics/metrics.js';
import type { Telemetry } from './telemetry.js';
import { LoggerToken } from './ops-tokens.js';
import { Tracer } from './tracing/tracer.js';

/** What every other module may ask for: the configuration, the log, the counters and the tracer. */
@Global()
@Module({})
export class BaseModule {
  static forRoot(config: Config, { log, metrics, tracer }: Telemetry): DynamicModule {
    return {
      module: BaseModule,
      providers: [
        { provide: Config, useValue: config },
        { provide: LoggerToken, useValue: log },
        { provide: Metrics, useValue: metrics },
        { provide: Tracer, useValue: tracer },
      ],
      exports: [Config, LoggerToken, Metrics, Tracer],
    };
  }
}
