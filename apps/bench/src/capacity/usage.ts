import { Redis } from 'ioredis';
import pg from 'pg';
import type { TestCluster } from '@white-rabbit/testing';
import { sum } from '../load/statistics.js';
import { cpuMs, endedChildrenCpuMs, parentOf, rssBytes } from '../machine/process-usage.js';
import { redisCpuMs, redisField } from '../machine/redis-usage.js';

/** What everything had used up to a moment. CPU in ms, memory in bytes. */
export interface Usage {
  readonly gatewayCpuMs: number;
  readonly gatewayBytes: number;
  readonly redisCpuMs: number;
  readonly redisBytes: number;
  /** Commands of clients and of scripts. */
  readonly redisCommands: number;
  readonly postgresCpuMs: number;
}

/** Reads what a cluster on this machine uses: the gateways from /proc, Redis by its own account, PostgreSQL, which must serve nothing else, from /proc. */
export class UsageMeter {
  /** One, or all primaries of a Redis Cluster. */
  readonly #redis: readonly Redis[];
  readonly #database: pg.Client;

  private constructor(
    private readonly cluster: TestCluster,
    redisUrls: readonly string[],
  ) {
    this.#redis = redisUrls.map((url) => new Redis(url));
    this.#database = new pg.Client(cluster.databaseUrl);
  }

  /** Close it when done. */
  static async open(cluster: TestCluster, redis: 'single' | 'cluster'): Promise<UsageMeter> {
    const urls = redis === 'single' ? [cluster.redisUrl] : cluster.redisCluster.primaries.map(({ url }) => url);
    const meter = new UsageMeter(cluster, urls);
    await meter.#database.connect();
    return meter;
  }

  async read(): Promise<Usage> {
    const pids = this.cluster.gateways.map(({ pid }) => pid);
    const infos = await Promise.all(this.#redis.map((server) => server.info()));
    const total = (name: string) => sum(infos.map((info) => redisField(info, name)));
    const postgresCpuMs = await this.#postgresCpuMs();
    return {
      gatewayCpuMs: sum(pids.map(cpuMs)),
      gatewayBytes: sum(pids.map(rssBytes)),
      redisCpuMs: sum(infos.map(redisCpuMs)),
      redisBytes: total('used_memory'),
      redisCommands: total('total_commands_processed'),
      postgresCpuMs,
    };
  }

  async close(): Promise<void> {
    for (const server of this.#redis) server.disconnect();
    await this.#database.end();
  }

  /** Of the processes that serve connections other than this one, and of those that have ended: a pool closes idle ones. */
  async #postgresCpuMs(): Promise<number> {
    const { rows } = await this.#database.query<{ own: number; pids: number[] }>(
      `select pg_backend_pid() as own, coalesce(array_agg(pid), '{}') as pids
       from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    const { own = 0, pids = [] } = rows[0] ?? {};
    return sum(pids.map(cpuMs)) + endedChildrenCpuMs(parentOf(own));
  }
}

/** What was used between two readings. */
export function between(before: Usage, after: Usage): Usage {
  return {
    gatewayCpuMs: after.gatewayCpuMs - before.gatewayCpuMs,
    gatewayBytes: after.gatewayBytes - before.gatewayBytes,
    redisCpuMs: after.redisCpuMs - before.redisCpuMs,
    redisBytes: after.redisBytes - before.redisBytes,
    redisCommands: after.redisCommands - before.redisCommands,
    postgresCpuMs: after.postgresCpuMs - before.postgresCpuMs,
  };
}
