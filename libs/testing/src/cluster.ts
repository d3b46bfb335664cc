import { FaultProxy } from './fault-proxy.js';
import { GatewayProcess } from './gateway-process.js';
import { HaproxyFronts } from './haproxy-fronts.js';
import { Licenses } from './licenses.js';
import { startPostgres } from './real-postgres.js';
import { startRedis } from './real-redis.js';
import { RedisProcess } from './redis-process.js';

/** How to start a cluster. */
export interface ClusterOptions {
  /** Settings of every gateway. */
  readonly env?: Readonly<Record<string, string>>;
  /** `true`: a Redis process of its own, and a fault proxy between the gateways and each back end. */
  readonly breakable?: boolean;
  /** `true`: clients connect to the gateways directly, even if WR_TEST_THROUGH=haproxy puts HAProxy before them. */
  readonly direct?: boolean;
}

/** Fault injectors of a breakable cluster. */
export interface Faults {
  readonly redis: RedisProcess;
  readonly redisProxy: FaultProxy;
  readonly postgresProxy: FaultProxy;
}

/** Redis, PostgreSQL and gateway processes that belong to one test; they are stopped in reverse order. */
export class Cluster {
  readonly gateways: GatewayProcess[] = [];
  readonly #stops: (() => Promise<unknown>)[] = [];
  readonly #env: Record<string, string>;
  #redisUrl = '';
  #databaseUrl = '';
  #licenses: Licenses | undefined;
  #redis: RedisProcess | undefined;
  #faults: Faults | undefined;
  #fronts: HaproxyFronts | undefined;

  private constructor(env: Readonly<Record<string, string>>) {
    this.#env = { ...env };
  }

  /**
   * Starts the back ends and `gateways` gateways, all gateways at once. If one fails, everything that was started is
   * stopped.
   */
  static async start(gateways: number, options: ClusterOptions = {}): Promise<Cluster> {
    const { env = {}, breakable = false, direct = false } = options;
    const cluster = new Cluster(env);
    try {
      if (!direct) cluster.#fronts = await HaproxyFronts.wanted();
      await Promise.all([cluster.#startRedis(breakable), cluster.#startPostgres()]);
      if (cluster.#redis) await cluster.#interpose(cluster.#redis);
      cluster.#allowPlainText();
      await Promise.all(Array.from({ length: gateways }, () => cluster.add()));
      return cluster;
    } catch (failure) {
      await cluster.stop();
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

  /** Issues and revokes licenses in this cluster's database. */
  get licenses(): Licenses {
    if (!this.#licenses) throw new Error('The cluster has not started.');
    return this.#licenses;
  }

  /** @throws Error unless the cluster was started as breakable. */
  get faults(): Faults {
    if (!this.#faults) throw new Error('Start the cluster with { breakable: true }.');
    return this.#faults;
  }

  /** The gateway with that number, from 0. */
  gateway(index: number): GatewayProcess {
    const gateway = this.gateways[index];
    if (!gateway) throw new Error(`There is no gateway ${index}.`);
    return gateway;
  }

  /** Starts one more gateway; its own settings take precedence over the cluster's. */
  async add(env: Readonly<Record<string, string>> = {}): Promise<GatewayProcess> {
    const name = `gateway ${this.gateways.length}`;
    const gateway = await GatewayProcess.start({ name, env: { ...this.#env, ...env } });
    this.gateways.push(gateway);
    await this.#fronts?.putBefore(gateway);
    return gateway;
  }

  /** Stops everything: the gateways at once, then the back ends. */
  async stop(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.stop()));
    await this.#fronts?.stop();
    for (const stop of this.#stops.reverse()) await stop();
    this.#stops.length = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #startRedis(breakable: boolean): Promise<void> {
    const redis = breakable ? await RedisProcess.start() : await startRedis();
    this.#redisUrl = redis.url;
    this.#stops.push(() => redis.stop());
    this.#env['REDIS_URL'] = redis.url;
    if (redis instanceof RedisProcess) this.#redis = redis;
  }

  async #startPostgres(): Promise<void> {
    const postgres = await startPostgres();
    this.#stops.push(() => postgres.stop());
    this.#databaseUrl = await postgres.createDatabase();
    this.#env['DATABASE_URL'] = this.#databaseUrl;
    const licenses = await Licenses.open(this.#databaseUrl);
    this.#licenses = licenses;
    this.#stops.push(() => licenses.close());
  }

  /** Back ends of tests may be on another machine (a Docker host, WR_TEST_REDIS_URL), and do not use TLS. */
  #allowPlainText(): void {
    const hosts = ['REDIS_URL', 'DATABASE_URL'].map((name) => new URL(this.#env[name] ?? '').hostname);
    this.#env['WR_ALLOW_PLAINTEXT'] ??= hosts.join();
  }

  /** Puts proxies between the gateways and their back ends. */
  async #interpose(redis: RedisProcess): Promise<void> {
    const redisProxy = await this.#proxy(redis.url);
    const postgresProxy = await this.#proxy(this.#databaseUrl);
    this.#faults = { redis, redisProxy, postgresProxy };
    this.#env['REDIS_URL'] = redisProxy.url(redis.url);
    this.#env['DATABASE_URL'] = postgresProxy.url(this.#databaseUrl);
  }

  async #proxy(url: string): Promise<FaultProxy> {
    const { hostname: host, port } = new URL(url);
    const proxy = await FaultProxy.start({ host, port: Number(port) });
    this.#stops.push(() => proxy.stop());
    return proxy;
  }
}

/** Starts Redis, PostgreSQL and `gateways` gateways. Takes some seconds; stop the cluster after use. */
export function cluster(gateways: number, options: ClusterOptions = {}): Promise<Cluster> {
  return Cluster.start(gateways, options);
}
