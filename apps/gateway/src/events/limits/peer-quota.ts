import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ClusterNode } from '@white-rabbit/cluster';
import type { PeerId } from '@white-rabbit/protocol';
import type { Cluster, Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { LimitsConfig } from '../../config/slices.js';

/** If the back end has not counted by then, it is skipped: the answer to a call is due within 5 s. */
const REDIS_LIMIT_MS = 500;
const MINUTE_S = 60;

/** The kind of event that a quota counts; part of keys and names. */
export type QuotaName = 'call' | 'register';

/** The shared counter of all gateways of a region. */
export interface SharedCount {
  readonly redis: Redis | Cluster;
  /** The HMAC key for peer ids, the same at every gateway. */
  readonly key: Buffer;
}

/**
 * A limit per minute for each peer, across the cluster. While Redis does not answer, each gateway counts on its own:
 * the limit is then looser, never absent. Its memory is bounded by the number of peers in the last minute.
 */
export class PeerQuota {
  readonly #shared: RateLimiterAbstract | undefined;
  readonly #own: RateLimiterMemory;
  readonly #key: KeyObject | undefined;

  /** @param shared `undefined` for a gateway without a cluster. */
  constructor(name: QuotaName, perMinute: number, shared: SharedCount | undefined) {
    // As an object: from bytes each HMAC would import the key again, which takes ten times as long.
    this.#key = shared && createSecretKey(shared.key);
    const limit = { keyPrefix: `wr:limit:${name}`, points: perMinute, duration: MINUTE_S };
    this.#own = new RateLimiterMemory(limit);
    this.#shared = shared && new RateLimiterRedis({ ...limit, storeClient: shared.redis, rejectIfRedisNotReady: true });
  }

  /** Takes one token. Returns 0, or the ms until a token is available. */
  async take(peer: PeerId): Promise<number> {
    const key = this.#key === undefined ? peer : disguise(peer, this.#key);
    const shared = this.#shared && (await consume(this.#shared, key, REDIS_LIMIT_MS));
    return shared ?? (await consume(this.#own, key, REDIS_LIMIT_MS)) ?? 0;
  }
}

/** The quotas of each peer, counted in Redis for all gateways of a region, or in memory by a gateway alone. */
@Injectable()
export class PeerQuotas {
  readonly registers: PeerQuota;
  readonly calls: PeerQuota;

  constructor({ registersPerMinute, callsPerMinute, key }: LimitsConfig, { engines: { redis } }: ClusterNode) {
    const shared = redis && key && { redis, key };
    this.registers = new PeerQuota('register', registersPerMinute, shared);
    this.calls = new PeerQuota('call', callsPerMinute, shared);
  }
}

/** Returns 0, the ms to wait, or `undefined` if the back end did not count. */
async function consume(limiter: RateLimiterAbstract, key: string, limitMs: number): Promise<number | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    const isLate = () => {
      resolve(undefined);
    };
    // After a pause of this process, an answer that has arrived meanwhile is read first.
    timer = setTimeout(() => setImmediate(isLate), limitMs).unref();
  });
  const counted = limiter.consume(key).then(
    () => 0,
    (refused: unknown) => (refused instanceof RateLimiterRes ? Math.max(1, refused.msBeforeNext) : undefined),
  );
  const result = await Promise.race([counted, late]);
  clearTimeout(timer);
  return result;
}

/**
 * Redis holds these names for up to a minute after a socket closed, so they must not identify a peer. Clients choose
 * their ids and others may guess them, so a plain hash would identify the peer.
 */
function disguise(peer: PeerId, key: KeyObject): string {
  return createHmac('sha256', key).update(peer).digest('base64url').slice(0, 22);
}
