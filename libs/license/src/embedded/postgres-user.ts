import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';

/** The system user that PostgreSQL's programs run as. */
export interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. For root it runs as the owner of the directory if that exists, else
 * as `postgres` if there is such a user, else as `nobody`. No user is created. `undefined`: as the user of this process.
 */
export async function postgresUser(clusterDir: string): Promise<PostgresUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(clusterDir).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await idsOf('postgres')) ?? (await idsOf('nobody'));
}

async function idsOf(user: string): Promise<PostgresUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([idOf('-u', user), idOf('-g', user)]);
    return { uid, gid };
  } catch {
    return undefined;
  }
}

async function idOf(which: '-u' | '-g', user: string): Promise<number> {
  const { stdout } = await promisify(execFile)('id', [which, user]);
  return Number.parseInt(stdout, 10);
}
