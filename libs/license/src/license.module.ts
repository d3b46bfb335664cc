import { MikroOrmModule } from '@mikro-orm/nestjs';
import { MikroORM } from '@mikro-orm/postgresql';
import { type DynamicModule, type OnApplicationShutdown, type Provider, Inject, Module } from '@nestjs/common';
import { type LicenseDatabase, ormOptions } from './license-orm.js';
import { LicenseRepository } from './license-repository.js';
import { type LicenseRepositoryOptions, PostgresLicenseRepository } from './postgres-license-repository.js';
import { ReadReplica } from './read-replica.js';
import { type PollListener, RevocationWatch } from './revocation-watch.js';

/** Settings of the module: the database, and hooks for metrics. */
export interface LicenseModuleOptions
  extends LicenseDatabase, Omit<LicenseRepositoryOptions, 'connections' | 'lookUps' | 'replica'> {
  /** URL of a streaming replica near this gateway, which accepts known devices. */
  readonly readUrl?: string | undefined;
  /** Called after each poll of the revocation watch: whether it succeeded, else with the error code. */
  readonly onWatch?: PollListener;
}

/**
 * The licenses for a Nest application: exports `LicenseRepository` and `RevocationWatch`. No connection is
 * opened before the first query, so that an application starts without a database. Closed with the application.
 */
@Module({})
export class LicenseModule implements OnApplicationShutdown {
  constructor(@Inject(RevocationWatch) private readonly watch: RevocationWatch) {}

  static async forRoot(options: LicenseModuleOptions): Promise<DynamicModule> {
    return {
      module: LicenseModule,
      imports: [await MikroOrmModule.forRoot({ ...ormOptions(options), registerRequestContext: false })],
      providers: [
        {
          provide: LicenseRepository,
          inject: [MikroORM, { token: ReadReplica, optional: true }],
          useFactory: (orm: MikroORM, replica?: ReadReplica) =>
            new PostgresLicenseRepository(orm, { ...options, connections: options.poolSize, replica }),
        },
        ...(options.readUrl === undefined ? [] : [replicaProvider(options.readUrl, options)]),
        {
          provide: RevocationWatch,
          inject: [LicenseRepository],
          useFactory: (licenses: LicenseRepository) => new RevocationWatch(licenses, options.onWatch),
        },
      ],
      exports: [LicenseRepository, RevocationWatch],
    };
  }

  onApplicationShutdown(): Promise<void> {
    return this.watch.stop();
  }
}

/** Closed with the application. */
function replicaProvider(databaseUrl: string, options: LicenseModuleOptions): Provider {
  const { preparedStatements, onQuery } = options;
  const onLookUp = (durationMs: number, isAnswered: boolean) => onQuery?.('authorize', durationMs, isAnswered);
  const useFactory = () => ReadReplica.open({ databaseUrl, preparedStatements, onLookUp });
  return { provide: ReadReplica, useFactory };
}
