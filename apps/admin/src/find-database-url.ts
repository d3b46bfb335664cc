import { findEmbeddedDatabaseUrl } from '@white-rabbit/license/embedded';
import { plainTextHost } from '@white-rabbit/license';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusePlainText } from './allowed-plain-text.js';
import { CommandFailure, UsageFailure } from './command-failure.js';

/** Sources of the URL of the database. */
export interface DatabasePlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Directory of the embedded database (`--data-dir`). */
  readonly dataDir: string | undefined;
}

/** The default of `WR_DATA_DIR`, and the folder of the embedded database in it. */
const DEFAULT_DATA_DIR = '.data';
const POSTGRES_DIR = 'postgres';

/** The URL of `--data-dir`, else of `DATABASE_URL` or `DATABASE_URL_FILE`, else of the embedded database in this directory. */
export async function findDatabaseUrl({ env, dataDir }: DatabasePlace): Promise<string> {
  const set = dataDir === undefined ? await fromEnvironment(env) : undefined;
  if (set !== undefined) return checked(set, env);
  const embeddedDir = dataDir ?? join(env['WR_DATA_DIR'] ?? DEFAULT_DATA_DIR, POSTGRES_DIR);
  return (await findEmbedded(embeddedDir)) ?? fail(embeddedDir);
}

async function fromEnvironment(env: DatabasePlace['env']): Promise<string | undefined> {
  const { DATABASE_URL: url, DATABASE_URL_FILE: file } = env;
  if (url && file) throw new UsageFailure('Set DATABASE_URL or DATABASE_URL_FILE, not both.');
  if (!file) return url === '' ? undefined : url;
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    throw new UsageFailure(`DATABASE_URL_FILE cannot be read: ${file}`);
  }
}

function checked(url: string, env: DatabasePlace['env']): string {
  if (!/^postgres(ql)?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new UsageFailure('DATABASE_URL must be of the form postgresql://USER:PASSWORD@HOST:PORT/DATABASE.');
  const host = plainTextHost(url, env);
  refusePlainText(env, 'DATABASE_URL', host === undefined ? [] : [host], 'Add sslmode=verify-full to it');
  return url;
}

async function findEmbedded(dir: string): Promise<string | undefined> {
  try {
    return await findEmbeddedDatabaseUrl(dir);
  } catch {
    throw new CommandFailure(
      `The embedded database in ${dir} belongs to another user: run this as the gateway's user.`,
      'unavailable',
    );
  }
}

function fail(dir: string): never {
  throw new UsageFailure(
    `No license database was found: set DATABASE_URL, or start a gateway in this directory, or name the directory of a ` +
      `running embedded database with --data-dir (searched ${dir}).`,
  );
}
