import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from 'pino';
import { Config } from '../config/config.js';
import { Metrics } from './metrics.js';
import { LoggerToken } from './ops-tokens.js';

/** What every other module may ask for: the configuration, the log and the counters. */
@Global()
@Module({})
export class BaseModule {
  static forRoot(config: Config, log: Logger): DynamicModule {
    return {
      module: BaseModule,
      providers: [
        { provide: Config, useValue: config },
        { provide: LoggerToken, useValue: log },
        { provide: Metrics, useFactory: () => new Metrics() },
      ],
      exports: [Config, LoggerToken, Metrics],
    };
  }
}
