import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEBIAN, findProgram, howToInstall } from '../debian-program.js';
import { eventually } from '../eventually.js';
import { freePort } from '../free-port.js';
import { ManagedProcess } from '../managed-process.js';
import { ask } from './ask.js';
import { RedisProcess } from './redis-process.js';

/** A primary, its replica and one Sentinel, which decides alone. A primary that is silent for 1 s counts as down. */
export class RedisSentinel {
  /** The name of the primary at the Sentinel. */
  readonly name = 'wr';

  private constructor(
    readonly primary: RedisProcess,
    readonly replica: RedisProcess,
    private readonly port: number,
    private readonly sentinel: ManagedProcess,
    private readonly folder: string,
  ) {}

  /** Starts them, and resolves when the Sentinel knows the replica. */
  static async start(): Promise<RedisSentinel> {
    const command = await findProgram(DEBIAN.redisServer.program);
    if (command === undefined) throw new Error(howToInstall(DEBIAN.redisServer));
    const [primary, replica] = await Promise.all([RedisProcess.start(), RedisProcess.start()]);
    await ask(replica.port, 'replicaof', '127.0.0.1', String(primary.port));
    const folder = await mkdtemp(join(tmpdir(), 'wr-sentinel-'));
    const port = await freePort();
    const file = join(folder, 'sentinel.conf');
    const settings = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor wr 127.0.0.1 ${primary.port} 1`,
      'sentinel down-after-milliseconds wr 1000',
      'sentinel failover-timeout wr 5000',
    ];
    await writeFile(file, `${settings.join('\n')}\n`);
    const sentinel = new ManagedProcess({ name: 'redis-sentinel', command, args: [file, '--sentinel'] });
    const isKnown = async () => {
      const text = await ask(port, 'sentinel', 'replicas', 'wr');
      return text.includes(String(replica.port)) && text.includes('master-link-status,ok');
    };
    await eventually('the Sentinel knows the replica', isKnown, { deadlineMs: 20_000 });
    return new RedisSentinel(primary, replica, port, sentinel, folder);
  }

  /** `host:port` of the Sentinel. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    await Promise.all([this.sentinel.stop(2_000), this.primary.stop(), this.replica.stop()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}
