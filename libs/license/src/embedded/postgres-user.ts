import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';

/** The system user that PostgreSQL's programs run as. */
export interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. There it runs as the owner of the cluster's directory if that is made already, else
 * as `postgres` where there is such a user, else as `nobody`; no user is created. `undefined`: as oneself.
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
