import { FaultProxy } from './fault-proxy.js';
import { Licenses } from './licenses.js';
import { startPostgres } from './real-postgres.js';
import { startRedis } from './redis/real-redis.js';
import { RedisProcess } from './redis/redis-process.js';

/** Fault injectors of back ends that were started with `breakable`. */
export interface Faults {
  readonly redis: RedisProcess;
  readonly redisProxy: FaultProxy;
  readonly postgresProxy: FaultProxy;
}

/** Redis and PostgreSQL that belong to one cluster; they are stopped in reverse order. */
export class BackEnds {
  readonly #stops: (() => Promise<unknown>)[] = [];
  #redisUrl = '';
  #databaseUrl = '';
  #licenses: Licenses | undefined;
  #faults: Faults | undefined;

  private constructor() {
    // `start` creates the only instances.
  }

  /**
   * Starts both. If one fails, everything that was started is stopped.
   *
   * @param breakable a Redis process of its own, and a fault proxy between the gateways and each back end.
   */
  static async start(breakable: boolean): Promise<BackEnds> {
    const backEnds = new BackEnds();
    try {
      const [redis] = await Promise.all([backEnds.#startRedis(breakable), backEnds.#startPostgres()]);
      if (redis instanceof RedisProcess && breakable) await backEnds.#startProxies(redis);
      return backEnds;
    } catch (failure) {
      await backEnds.stop();
      throw failure;
    }
  }

  /** Connects to Redis directly, not through a proxy. */
  get redisUrl(): string {
    return this.#redisUrl;
  }

  /** Connects to PostgreSQL directly, not through a proxy. */
  get databaseUrl(): string {
    return this.#databaseUrl;
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
    const redisUrl = this.#faults?.redisProxy.url(this.#redisUrl) ?? this.#redisUrl;
    const databaseUrl = this.#faults?.postgresProxy.url(this.#databaseUrl) ?? this.#databaseUrl;
    // Back ends of tests may be on another machine (a Docker host, WR_TEST_REDIS_URL), and do not use TLS.
    const hosts = [redisUrl, databaseUrl].map((url) => new URL(url).hostname);
    return { REDIS_URL: redisUrl, DATABASE_URL: databaseUrl, WR_ALLOW_PLAINTEXT: hosts.join() };
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) await stop();
  }

  async #startRedis(breakable: boolean): Promise<unknown> {
    const redis = breakable ? await RedisProcess.start() : await startRedis();
    this.#stops.push(() => redis.stop());
    this.#redisUrl = redis.url;
    return redis;
  }

  async #startPostgres(): Promise<void> {
    const postgres = await startPostgres();
    this.#stops.push(() => postgres.stop());
    this.#databaseUrl = await postgres.createDatabase();
    const licenses = await Licenses.open(this.#databaseUrl);
    this.#stops.push(() => licenses.close());
    this.#licenses = licenses;
  }

  async #startProxies(redis: RedisProcess): Promise<void> {
    const redisProxy = await this.#startProxy(this.#redisUrl);
    const postgresProxy = await this.#startProxy(this.#databaseUrl);
    this.#faults = { redis, redisProxy, postgresProxy };
  }

  async #startProxy(url: string): Promise<FaultProxy> {
    const { hostname: host, port } = new URL(url);
    const proxy = await FaultProxy.start({ host, port: Number(port) });
    this.#stops.push(() => proxy.stop());
    return proxy;
  }
}
