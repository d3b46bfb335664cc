import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEBIAN, findProgram, howToInstall } from '@white-rabbit/testing/debian-program';
import { Redis } from 'ioredis';

/** A real `redis-server` on loopback that keeps nothing. */
export interface RedisProcess {
  readonly port: number;
  readonly url: string;
  /** Sends the process a signal: `SIGSTOP` and `SIGCONT` to make it stall. */
  signal(name: NodeJS.Signals): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again on its port, empty; resolves when it answers. */
  restart(): Promise<void>;
  /** Kills it and removes its files. */
  stop(): Promise<void>;
}

/** Starts one, ready to answer. `settings` are further arguments of its command line. */
export async function startRedis(settings: readonly string[] = []): Promise<RedisProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'wr-redis-'));
  const { port, child: first } = await launchSomewhere(folder, settings);
  let child = first;
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    signal: (name) => child.kill(name),
    kill,
    restart: async () => {
      await kill();
      child = await launch(port, folder, settings);
    },
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts three primaries that make up a cluster; resolves when it takes commands. */
export async function startRedisCluster(): Promise<readonly RedisProcess[]> {
  const settings = [
    '--cluster-enabled',
    'yes',
    '--cluster-node-timeout',
    '2000',
    '--cluster-require-full-coverage',
    'no',
  ];
  const servers: RedisProcess[] = [];
  try {
    for (let count = 0; count < 3; count += 1) servers.push(await startRedis(settings));
    await joinUp(servers);
    return servers;
  } catch (error) {
    await Promise.all(servers.map((server) => server.stop()));
    throw error;
  }
}

/** Shares the slots out and waits until every server knows of every other. */
async function joinUp(servers: readonly RedisProcess[]): Promise<void> {
  const slots = [0, 5461, 10923, 16384];
  for (const [index, { port }] of servers.entries()) {
    await ask(port, 'cluster', 'addslotsrange', String(slots[index]), String((slots[index + 1] ?? 0) - 1));
    await ask(port, 'cluster', 'set-config-epoch', String(index + 1));
    if (index > 0) await ask(port, 'cluster', 'meet', '127.0.0.1', String(servers[0]?.port));
  }
  const isWhole = async ({ port }: RedisProcess) => {
    const info = await ask(port, 'cluster', 'info');
    return ['cluster_state:ok', 'cluster_slots_ok:16384', 'known_nodes:3'].every((part) => info.includes(part));
  };
  await until(async () => (await Promise.all(servers.map(isWhole))).every(Boolean), 15_000);
}

/** Asks one server something on a connection of its own; the answer as text. */
export async function ask(port: number, command: string, ...args: string[]): Promise<string> {
  const client = new Redis({
    port,
    host: '127.0.0.1',
    retryStrategy: () => null,
    lazyConnect: true,
    connectTimeout: 1000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return String(await client.call(command, ...args));
  } finally {
    client.disconnect();
  }
}

/** Looks every 10 ms until it holds. @throws after the deadline. */
export async function until(holds: () => boolean | Promise<boolean>, deadlineMs = 5000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`It did not come to hold within ${deadlineMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A port that was free a moment ago. Below 50,000: a cluster's servers also take the port 10,000 above. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(20_000 + Math.floor(Math.random() * 10_000), '127.0.0.1');
    const isFree = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ]);
    if (!isFree) continue;
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** Others look for free ports at the same time: where one was faster, the next port is tried. */
async function launchSomewhere(
  folder: string,
  settings: readonly string[],
): Promise<{ port: number; child: ChildProcess }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return { port, child: await launch(port, folder, settings) };
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}

async function launch(port: number, folder: string, settings: readonly string[]): Promise<ChildProcess> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const command = await findProgram(DEBIAN.redisServer.program);
  if (command === undefined) throw new Error(howToInstall(DEBIAN.redisServer));
  const child = spawn(command, [...args, ...settings], { stdio: 'ignore' });
  const answers = () =>
    ask(port, 'ping').then(
      (answer) => answer === 'PONG',
      () => false,
    );
  try {
    await until(async () => child.exitCode !== null || (await answers()));
    if (child.exitCode !== null) throw new Error('redis-server ended at once.');
    return child;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}
