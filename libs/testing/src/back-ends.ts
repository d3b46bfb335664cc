import { type DatabaseRole, roleUrl } from '@white-rabbit/license/embedded';
import { FaultProxy } from './fault-proxy.js';
import { Licenses } from './licenses.js';
import { startBreakablePostgres, startPostgres, type BreakablePostgres, type RealPostgres } from './real-postgres.js';
import { startRedis, type RealRedis } from './redis/real-redis.js';
import { RedisCluster } from './redis/redis-cluster.js';
import { RedisProcess } from './redis/redis-process.js';
import { RedisSentinel } from './redis/redis-sentinel.js';
import type { RedisUser } from './redis/redis-users.js';

/** One Redis, a primary and its replica behind three Sentinels, or a Redis Cluster of three primaries and three replicas. */
export type Topology = 'single' | 'sentinel' | 'cluster';

/** Which Redis and which faults a cluster has. */
export interface BackEndOptions {
  /** Default: one server. */
  readonly redis?: Topology;
  /** `true`: processes of its own for Redis and PostgreSQL, and a fault proxy between the gateways and each back end. */
  readonly breakable?: boolean;
}

/** Fault injectors of back ends that were started with `breakable`. */
export interface Faults {
  readonly redis: RedisProcess;
  readonly redisProxy: FaultProxy;
  readonly postgres: BreakablePostgres;
  readonly postgresProxy: FaultProxy;
}

/** Redis and PostgreSQL that belong to one cluster; they are stopped in reverse order. */
export class BackEnds {
  readonly #stops: (() => Promise<unknown>)[] = [];
  #redis: RealRedis | RedisProcess | RedisSentinel | RedisCluster | undefined;
  #databaseUrl = '';
  #postgres: RealPostgres | undefined;
  #licenses: Licenses | undefined;
  #faults: Faults | undefined;

  private constructor() {
    // `start` creates the only instances.
  }

  /** Starts both. If one fails, everything that was started is stopped. */
  static async start(options: BackEndOptions): Promise<BackEnds> {
    const backEnds = new BackEnds();
    try {
      const starts = [backEnds.#startRedis(options), backEnds.#startPostgres(options)] as const;
      const [redis, postgres] = await Promise.all(starts);
      if (redis instanceof RedisProcess && 'kill' in postgres) await backEnds.#startProxies(redis, postgres);
      return backEnds;
    } catch (failure) {
      await backEnds.stop();
      throw failure;
    }
  }

  /** Connects to the one Redis directly, not through a proxy. */
  redisUrlOf(user: RedisUser): string {
    const redis = this.#redis;
    if (redis === undefined || redis instanceof RedisSentinel || redis instanceof RedisCluster) {
      throw new Error('There is no single Redis.');
    }
    return redis.urlOf(user);
  }

  /** @throws Error unless the back ends were started with a Redis Cluster. */
  get redisCluster(): RedisCluster {
    if (this.#redis instanceof RedisCluster) return this.#redis;
    throw new Error("Start the cluster with { redis: 'cluster' }.");
  }

  /** @throws Error unless the back ends were started with Sentinels. */
  get redisSentinel(): RedisSentinel {
    if (this.#redis instanceof RedisSentinel) return this.#redis;
    throw new Error("Start the cluster with { redis: 'sentinel' }.");
  }

  /** Connects a superuser to PostgreSQL directly, not through a proxy. */
  get databaseUrl(): string {
    return this.#databaseUrl;
  }

  /** Connects a login in a role of deploy/postgres/roles.sql to PostgreSQL directly. */
  databaseUrlOf(role: DatabaseRole): string {
    return roleUrl(this.#databaseUrl, role);
  }

  /** What PostgreSQL has logged so far; `undefined` if it is not a server of this suite (WR_TEST_DATABASE_URL). */
  async postgresLog(): Promise<string | undefined> {
    return this.#postgres?.log();
  }

  /** Issues and revokes licenses in the database. */
  get licenses(): Licenses {
    if (!this.#licenses) throw new Error('PostgreSQL has not started.');
    return this.#licenses;
  }

  /** @throws Error unless the back ends were started as breakable. */
  get faults(): Faults {
    if (!this.#faults) throw new Error('Start the cluster with { breakable: true }.');
    return this.#faults;
  }

  /** Settings with which a gateway reaches both, through the proxies if there are any. */
  get env(): Record<string, string> {
    const ofGateways = this.databaseUrlOf('wr_gateway');
    const databaseUrl = this.#faults?.postgresProxy.url(ofGateways) ?? ofGateways;
    // Back ends of tests may be on another machine (a Docker host, WR_TEST_REDIS_URL), and do not use TLS.
    const redis = this.#redisEnv();
    const urls = [databaseUrl, redis['REDIS_URL']].filter((url) => url !== undefined);
    const hosts = urls.map((url) => new URL(url).hostname);
    return { ...redis, DATABASE_URL: databaseUrl, WR_ALLOW_PLAINTEXT: hosts.join() };
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) await stop();
  }

  #redisEnv(): Readonly<Record<string, string>> {
    if (this.#redis instanceof RedisSentinel || this.#redis instanceof RedisCluster) return this.#redis.env;
    const url = this.redisUrlOf('wr-gateway');
    return { REDIS_URL: this.#faults?.redisProxy.url(url) ?? url };
  }

  async #startRedis({ redis = 'single', breakable = false }: BackEndOptions): Promise<unknown> {
    const started = await startAny(redis, breakable);
    this.#stops.push(() => started.stop());
    this.#redis = started;
    return started;
  }

  async #startPostgres({ breakable = false }: BackEndOptions): Promise<RealPostgres | BreakablePostgres> {
    const postgres = breakable ? await startBreakablePostgres() : await startPostgres();
    this.#stops.push(() => postgres.stop());
    this.#postgres = postgres;
    this.#databaseUrl = await postgres.createDatabase();
    const licenses = await Licenses.open(this.#databaseUrl);
    this.#stops.push(() => licenses.close());
    this.#licenses = licenses;
    return postgres;
  }

  async #startProxies(redis: RedisProcess, postgres: BreakablePostgres): Promise<void> {
    const redisProxy = await this.#startProxy(redis.url);
    const postgresProxy = await this.#startProxy(this.#databaseUrl);
    this.#faults = { redis, redisProxy, postgres, postgresProxy };
  }

  async #startProxy(url: string): Promise<FaultProxy> {
    const { hostname: host, port } = new URL(url);
    const proxy = await FaultProxy.start({ host, port: Number(port) });
    this.#stops.push(() => proxy.stop());
    return proxy;
  }
}

function startAny(
  redis: Topology,
  isBreakable: boolean,
): Promise<RealRedis | RedisProcess | RedisSentinel | RedisCluster> {
  switch (redis) {
    case 'sentinel':
      return RedisSentinel.start();
    case 'cluster':
      return RedisCluster.start({ replicated: true });
    case 'single':
      return isBreakable ? RedisProcess.start() : startRedis();
  }
}
