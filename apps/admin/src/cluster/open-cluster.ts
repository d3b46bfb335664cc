import { openEngines, type Engines, type RedisOptions } from '@white-rabbit/cluster';
import { randomBytes } from 'node:crypto';
import type { NodeId } from '@white-rabbit/signaling';

/** Opens a cluster's engines under a name of their own, which no gateway has and which takes no lease. */
export async function openCluster(redis: RedisOptions): Promise<{ readonly self: NodeId; readonly engines: Engines }> {
  const self = `a${randomBytes(9).toString('base64url')}` as NodeId;
  return { self, engines: await openEngines({ node: self, redis }) };
}

/** What a code of the system, or of Redis, means. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at its address',
  ENOTFOUND: 'its host name is not known',
  EAI_AGAIN: 'its host name cannot be looked up',
  EHOSTUNREACH: 'no way leads to its address',
  ETIMEDOUT: 'it did not answer in time',
  ECONNRESET: 'it closes the connection: is it TLS where it should not be, or the other way round?',
  NOAUTH: 'it wants a password',
  WRONGPASS: 'it refuses the user name or the password',
  NOPERM: 'its user may not do this',
  OOM: 'its memory is full',
  LOADING: 'it is starting',
};

/** That Redis cannot be used and why, for the person who gave its address. `code`: as `Engines.trouble` says it. */
export function redisSentence(code: string | undefined): string {
  const reason = code === undefined ? 'no answer' : (REASONS[code] ?? `error ${code}`);
  return `Redis cannot be used: ${reason}. Is REDIS_URL what the gateways have, and does Redis live?`;
}
