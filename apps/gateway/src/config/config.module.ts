import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { Config } from './config.js';
import {
  AdmissionConfig,
  CallsConfig,
  ClusterConfig,
  ConnectionConfig,
  DrainConfig,
  EndpointConfig,
  IdentityConfig,
  LimitsConfig,
  NodeConfig,
  SourceConfig,
  TurnConfig,
} from './slices.js';

/** Provides each slice of the configuration under its own token to every other module. */
@Global()
@Module({})
export class ConfigModule {
  static forRoot(config: Config): DynamicModule {
    const providers = [
      { provide: NodeConfig, useValue: config.node },
      { provide: EndpointConfig, useValue: config.endpoint },
      { provide: IdentityConfig, useValue: config.identity },
      { provide: AdmissionConfig, useValue: config.admission },
      { provide: SourceConfig, useValue: config.source },
      { provide: ConnectionConfig, useValue: config.connection },
      { provide: LimitsConfig, useValue: config.limits },
      { provide: CallsConfig, useValue: config.calls },
      { provide: ClusterConfig, useValue: config.cluster },
      { provide: TurnConfig, useValue: config.turn },
      { provide: DrainConfig, useValue: config.drain },
    ];
    return { module: ConfigModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}
