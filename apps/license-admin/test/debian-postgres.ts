import type { PostgresBinaries } from '@white-rabbit/license';
import { debianProgram } from '@white-rabbit/testing/debian-program';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Programs of one installed PostgreSQL, server and backup. */
export interface DebianPostgres extends PostgresBinaries {
  readonly pg_dump: string;
  readonly pg_restore: string;
}

/** What to install. */
export const DEBIAN_POSTGRES = { program: 'initdb', debianPackage: 'postgresql' } as const;

/** Debian keeps its versions side by side here, out of the path. */
const VERSIONS = '/usr/lib/postgresql';

/** The newest installed PostgreSQL; installed first where there is none and that can be done. */
export async function debianPostgres(): Promise<DebianPostgres | undefined> {
  const found = await newest();
  if (found !== undefined) return found;
  await debianProgram(DEBIAN_POSTGRES);
  return newest();
}

async function newest(): Promise<DebianPostgres | undefined> {
  const versions = await readdir(VERSIONS).catch(() => []);
  for (const version of versions.sort((a, b) => Number(b) - Number(a))) {
    const bin = join(VERSIONS, version, 'bin');
    const programs = new Set(await readdir(bin).catch(() => []));
    const path = (program: string) => join(bin, program);
    // A client alone has no `initdb`.
    if (['initdb', 'pg_ctl', 'pg_dump', 'pg_restore'].every((program) => programs.has(program)))
      return {
        initdb: path('initdb'),
        pg_ctl: path('pg_ctl'),
        pg_dump: path('pg_dump'),
        pg_restore: path('pg_restore'),
      };
  }
  return undefined;
}
