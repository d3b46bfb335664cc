import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEBIAN, findProgram, howToInstall } from '../debian-program.js';
import { eventually } from '../eventually.js';
import { freePort } from '../free-port.js';
import { ManagedProcess } from '../managed-process.js';
import { ask } from './ask.js';
import { RedisProcess } from './redis-process.js';
import { REDIS_PASSWORD, redisUrlOf } from './redis-users.js';

/** The name of the primary at the Sentinels. */
const NAME = 'wr';

/**
 * A primary, its replica and three Sentinels with a password, of which two decide. A primary that is silent for 1 s
 * counts as down.
 */
export class RedisSentinel {
  private constructor(
    readonly primary: RedisProcess,
    readonly replica: RedisProcess,
    private readonly ports: readonly number[],
    private readonly sentinels: readonly ManagedProcess[],
    private readonly folder: string,
  ) {}

  /** Starts them, and resolves when every Sentinel knows the replica and the other Sentinels. */
  static async start(): Promise<RedisSentinel> {
    const command = await findProgram(DEBIAN.redisServer.program);
    if (command === undefined) throw new Error(howToInstall(DEBIAN.redisServer));
    const primary = await RedisProcess.start();
    const replica = await RedisProcess.start({ settings: ['--replicaof', '127.0.0.1', String(primary.port)] });
    const isInSync = async () => (await ask(replica.port, 'info', 'replication')).includes('master_link_status:up');
    await eventually('the replica is in sync', isInSync, { deadlineMs: 15_000 });
    const folder = await mkdtemp(join(tmpdir(), 'wr-sentinel-'));
    const ports = [await freePort(), await freePort(), await freePort()];
    const start = async (port: number): Promise<ManagedProcess> => {
      const file = join(folder, `${port}.conf`);
      await writeFile(file, settings(port, primary.port, folder).join('\n'));
      return new ManagedProcess({ name: 'redis-sentinel', command, args: [file, '--sentinel'] });
    };
    const sentinels = await Promise.all(ports.map(start));
    await eventually('the Sentinels agree', async () => (await Promise.all(ports.map(isComplete))).every(Boolean), {
      deadlineMs: 20_000,
    });
    return new RedisSentinel(primary, replica, ports, sentinels, folder);
  }

  /** Where the engines find the primary. */
  get options(): { readonly sentinels: readonly string[]; readonly name: string; readonly sentinelPassword: string } {
    const sentinels = this.ports.map((port) => redisUrlOf('wr-gateway', port));
    return { sentinels, name: NAME, sentinelPassword: REDIS_PASSWORD };
  }

  /** The settings with which a gateway finds the primary. */
  get env(): Readonly<Record<string, string>> {
    return {
      REDIS_SENTINELS: this.ports.map((port) => `127.0.0.1:${port}`).join(),
      REDIS_SENTINEL_NAME: NAME,
      REDIS_SENTINEL_PASSWORD: REDIS_PASSWORD,
      REDIS_USERNAME: 'wr-gateway',
      REDIS_PASSWORD,
    };
  }

  async stop(): Promise<void> {
    const sentinels = this.sentinels.map((sentinel) => sentinel.stop(2_000));
    await Promise.all([...sentinels, this.primary.stop(), this.replica.stop()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}

function settings(port: number, primary: number, folder: string): readonly string[] {
  return [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `requirepass ${REDIS_PASSWORD}`,
    `sentinel monitor ${NAME} 127.0.0.1 ${primary} 2`,
    `sentinel auth-user ${NAME} wr-sentinel`,
    `sentinel auth-pass ${NAME} ${REDIS_PASSWORD}`,
    `sentinel down-after-milliseconds ${NAME} 1000`,
    `sentinel failover-timeout ${NAME} 5000`,
    '',
  ];
}

/** Whether a Sentinel knows a replica in sync and both other Sentinels. */
async function isComplete(port: number): Promise<boolean> {
  const sentinel = `redis://:${REDIS_PASSWORD}@127.0.0.1:${port}`;
  const [others, replicas] = await Promise.all([
    ask(sentinel, 'sentinel', 'ckquorum', NAME),
    ask(sentinel, 'sentinel', 'replicas', NAME),
  ]);
  return others.startsWith('OK 3 usable') && replicas.includes('master-link-status,ok');
}
