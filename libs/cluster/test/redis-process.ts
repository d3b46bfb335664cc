import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
export async function startRedis(settings: readonly string[] = [], port?: number): Promise<RedisProcess> {
  const place = port ?? (await freePort());
  const folder = await mkdtemp(join(tmpdir(), 'wr-redis-'));
  let child = await launch(place, folder, settings);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    port: place,
    url: `redis://127.0.0.1:${place}`,
    signal: (name) => child.kill(name),
    kill,
    restart: async () => {
      await kill();
      child = await launch(place, folder, settings);
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
  const servers = await Promise.all([0, 1, 2].map(() => startRedis(settings)));
  const slots = [0, 5461, 10923, 16384];
  for (const [index, server] of servers.entries()) {
    await ask(server.port, 'cluster', 'addslotsrange', String(slots[index]), String((slots[index + 1] ?? 0) - 1));
    await ask(server.port, 'cluster', 'set-config-epoch', String(index + 1));
    if (index > 0) await ask(server.port, 'cluster', 'meet', '127.0.0.1', String(servers[0]?.port));
  }
  const isWhole = async ({ port }: RedisProcess) => {
    const info = await ask(port, 'cluster', 'info');
    return (
      info.includes('cluster_state:ok') && info.includes('cluster_slots_ok:16384') && info.includes('known_nodes:3')
    );
  };
  await until(async () => (await Promise.all(servers.map(isWhole))).every(Boolean), 15_000);
  return servers;
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

async function launch(port: number, folder: string, settings: readonly string[]): Promise<ChildProcess> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn('redis-server', [...args, ...settings], { stdio: 'ignore' });
  await until(() =>
    ask(port, 'ping').then(
      (answer) => answer === 'PONG',
      () => false,
    ),
  );
  return child;
}
