import { Redis } from 'ioredis';
import pg from 'pg';
import type { TestCluster } from '@white-rabbit/testing';
import { sum } from '../load/statistics.js';
import { cpuMs, rssBytes } from '../machine/process-usage.js';
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

/** Reads what a cluster on this machine uses: the gateways from /proc, Redis by its own account, PostgreSQL's sessions from /proc. */
export class UsageMeter {
  readonly #redis: Redis;
  readonly #database: pg.Client;
  /** By process: a backend that has ended in between keeps what it had used. */
  readonly #postgresCpuMs = new Map<number, number>();

  private constructor(private readonly cluster: TestCluster) {
    this.#redis = new Redis(cluster.redisUrl);
    this.#database = new pg.Client(cluster.databaseUrl);
  }

  /** Close it when done. */
  static async open(cluster: TestCluster): Promise<UsageMeter> {
    const meter = new UsageMeter(cluster);
    await meter.#database.connect();
    return meter;
  }

  async read(): Promise<Usage> {
    const pids = this.cluster.gateways.map(({ pid }) => pid);
    const info = await this.#redis.info();
    for (const pid of await this.#backends()) this.#postgresCpuMs.set(pid, cpuMs(pid));
    return {
      gatewayCpuMs: sum(pids.map(cpuMs)),
      gatewayBytes: sum(pids.map(rssBytes)),
      redisCpuMs: redisCpuMs(info),
      redisBytes: redisField(info, 'used_memory'),
      redisCommands: redisField(info, 'total_commands_processed'),
      postgresCpuMs: sum([...this.#postgresCpuMs.values()]),
    };
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
    await this.#database.end();
  }

  /** The processes that serve the gateways' connections, not the one that serves this question. */
  async #backends(): Promise<number[]> {
    const { rows } = await this.#database.query<{ pid: number }>(
      'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    return rows.map(({ pid }) => pid);
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
