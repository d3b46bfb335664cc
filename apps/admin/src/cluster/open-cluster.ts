import { openEngines, type Engines, type RedisOptions } from '@white-rabbit/cluster';
import { randomBytes } from 'node:crypto';
import type { NodeId } from '@white-rabbit/signaling';

/** Opens the engines of a cluster under a node name of their own, without a lease. */
export async function openCluster(redis: RedisOptions): Promise<{ readonly self: NodeId; readonly engines: Engines }> {
  const self = `a${randomBytes(9).toString('base64url')}` as NodeId;
  return { self, engines: await openEngines({ node: self, redis }) };
}

/** Texts for codes of the system and of Redis. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at its address',
  ENOTFOUND: 'its host name is not known',
  EAI_AGAIN: 'its host name cannot be looked up',
  EHOSTUNREACH: 'there is no route to its address',
  ETIMEDOUT: 'it did not answer in time',
  ECONNRESET: 'it closed the connection; check whether it expects TLS',
  NOAUTH: 'it requires a password',
  WRONGPASS: 'it refuses the user name or the password',
  NOPERM: 'the user lacks a permission',
  OOM: 'its memory is full',
  LOADING: 'it is starting',
};

/** A sentence that Redis cannot be used, with the reason. `code`: from `Engines.trouble`. */
export function redisSentence(code: string | undefined): string {
  const reason = code === undefined ? 'no answer' : (REASONS[code] ?? `error ${code}`);
  return `Redis cannot be used: ${reason}. Check that REDIS_URL is the same as for the gateways and that Redis is running.`;
}
