import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEBIAN,
  eventually,
  findProgram,
  freePort,
  howToInstall,
  ManagedProcess,
  type DebianProgram,
} from '@white-rabbit/testing';
import { ask } from '@white-rabbit/testing/redis';
import { present, type Manifests } from './manifests.js';

/** The Redis of the development overlay as a process of this machine, with its arguments and users. */
export class DevRedis {
  private constructor(
    /** What the gateways' Secret says of it, but for its address. */
    readonly url: string,
    readonly process: ManagedProcess,
    private readonly operatorUrl: string,
  ) {}

  /** @throws Error that says what to install where there is no Redis. */
  static async start(manifests: Manifests): Promise<DevRedis> {
    const server = await program(DEBIAN.redisServer);
    const port = await freePort();
    const folder = await mkdtemp(join(tmpdir(), 'wr-dev-redis-'));
    await writeFile(join(folder, 'users.acl'), secretValue(manifests, 'redis-', 'users.acl'));
    const pod = present(
      manifests.pods.find(({ from }) => from === 'Deployment/redis'),
      'there is no Redis',
    );
    const args = (pod.spec.containers[0]?.args ?? []).map((arg) => arg.replace('/run/secrets/redis', folder));
    const own = new ManagedProcess({
      name: 'redis',
      command: server,
      // The first argument is the program, for the image's entry point.
      args: [...args.slice(1), '--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
    });
    const url = secretValue(manifests, 'white-rabbit-gateway-', 'redis-url').replace('redis:6379', `127.0.0.1:${port}`);
    void own.exited.then(() => rm(folder, { recursive: true, force: true }));
    const operator = new URL(url);
    operator.username = 'wr-operator';
    await eventually('Redis answers', async () => (await ask(operator.href, 'PING')) === 'PONG');
    return new DevRedis(url, own, operator.href);
  }

  /** The value of one of its settings. */
  async setting(name: string): Promise<string | undefined> {
    return (await ask(this.operatorUrl, 'CONFIG', 'GET', name)).split(',')[1];
  }
}

async function program(what: DebianProgram): Promise<string> {
  return present(await findProgram(what.program), howToInstall(what));
}

function secretValue(manifests: Manifests, prefix: string, key: string): string {
  const secret = manifests.of('Secret').find(({ metadata }) => metadata?.name?.startsWith(prefix));
  return Buffer.from(present(secret?.data?.[key], `Secret ${prefix}… has no ${key}`), 'base64').toString();
}
