import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import {
  DEBIAN,
  eventually,
  findProgram,
  freePort,
  howToInstall,
  ManagedProcess,
  type DebianProgram,
} from '@white-rabbit/testing';
import { present, type Manifests } from './manifests.js';

const run = promisify(execFile);

/** The Redis of the development overlay as a process of this machine, with the arguments and the password rendered. */
export class DevRedis {
  private constructor(
    /** What the gateways' Secret says of it, but for its address. */
    readonly url: string,
    readonly process: ManagedProcess,
    private readonly ask: (...command: string[]) => Promise<readonly string[]>,
  ) {}

  /** @throws Error that says what to install where there is no Redis. */
  static async start(manifests: Manifests): Promise<DevRedis> {
    const [server, client] = [await program(DEBIAN.redisServer), await program(DEBIAN.redisCli)];
    const port = await freePort();
    const password = secretValue(manifests, 'redis-', 'password');
    const pod = present(
      manifests.pods.find(({ from }) => from === 'Deployment/redis'),
      'there is no Redis',
    );
    const args = (pod.spec.containers[0]?.args ?? []).map((arg) => arg.replace('$(REDIS_PASSWORD)', password));
    const own = new ManagedProcess({
      name: 'redis',
      command: server,
      // The first argument is the program, for the image's entry point.
      args: [...args.slice(1), '--port', String(port), '--bind', '127.0.0.1', '--dir', tmpdir()],
    });
    const url = secretValue(manifests, 'white-rabbit-gateway-', 'redis-url').replace('redis:6379', `127.0.0.1:${port}`);
    const ask = async (...command: string[]): Promise<readonly string[]> =>
      (await run(client, ['-p', String(port), ...command], { env: { REDISCLI_AUTH: password } })).stdout.split('\n');
    await eventually('Redis answers', async () => (await ask('PING'))[0] === 'PONG');
    return new DevRedis(url, own, ask);
  }

  /** The value of one of its settings. */
  async setting(name: string): Promise<string | undefined> {
    return (await this.ask('CONFIG', 'GET', name))[1];
  }
}

async function program(what: DebianProgram): Promise<string> {
  return present(await findProgram(what.program), howToInstall(what));
}

function secretValue(manifests: Manifests, prefix: string, key: string): string {
  const secret = manifests.of('Secret').find(({ metadata }) => metadata?.name?.startsWith(prefix));
  return Buffer.from(present(secret?.data?.[key], `Secret ${prefix}… has no ${key}`), 'base64').toString();
}
