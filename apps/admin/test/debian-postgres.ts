import type { PostgresBinaries } from '@white-rabbit/license/embedded';
import { isExecutable, postgresFolders } from '@white-rabbit/testing/debian-program';
import { join } from 'node:path';

/** Programs of one installed PostgreSQL, server and backup. */
export interface DebianPostgres extends PostgresBinaries {
  readonly pg_dump: string;
  readonly pg_restore: string;
}

/** The newest installed PostgreSQL that has a server; a client alone has no `initdb`. */
export async function debianPostgres(): Promise<DebianPostgres | undefined> {
  for (const folder of await postgresFolders()) {
    const programs: DebianPostgres = {
      initdb: join(folder, 'initdb'),
      pg_ctl: join(folder, 'pg_ctl'),
      pg_dump: join(folder, 'pg_dump'),
      pg_restore: join(folder, 'pg_restore'),
    };
    const there = await Promise.all(Object.values(programs).map((file: string) => isExecutable(file)));
    if (!there.includes(false)) return programs;
  }
  return undefined;
}
