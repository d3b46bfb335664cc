import { Redis } from 'ioredis';
import { eventually } from '../eventually.js';
import { freePort } from '../free-port.js';
import { ask } from './ask.js';
import { RedisProcess } from './redis-process.js';

const SETTINGS = [
  '--cluster-enabled',
  'yes',
  '--cluster-node-timeout',
  '2000',
  '--cluster-require-full-coverage',
  'no',
];
/** A server of a cluster also takes the port 10,000 above its own. */
const HIGHEST_PORT = 55_000;
/** The first slot of each primary, and the number of slots. */
const SLOTS = [0, 5461, 10_923, 16_384];

/** A Redis Cluster on loopback: three primaries, each with as many replicas as were requested. */
export class RedisCluster {
  private constructor(
    readonly primaries: readonly RedisProcess[],
    readonly replicas: readonly RedisProcess[],
  ) {}

  /** Starts it, and resolves when it accepts commands and its replicas are in sync. */
  static async start({ replicas = 0 }: { readonly replicas?: number } = {}): Promise<RedisCluster> {
    const started: RedisProcess[] = [];
    const start = async () => {
      const server = await RedisProcess.start({ port: await clusterPort(), settings: SETTINGS });
      started.push(server);
      return server;
    };
    try {
      const primaries = [await start(), await start(), await start()];
      await joinPrimaries(primaries);
      const followers: RedisProcess[] = [];
      for (let n = 0; n < replicas; n += 1) followers.push(await follow(primaries[n % 3] ?? fail(), await start()));
      return new RedisCluster(primaries, followers);
    } catch (error) {
      await Promise.all(started.map((server) => server.stop()));
      throw error;
    }
  }

  /** The addresses of the primaries, as a client is configured with them. */
  get urls(): readonly string[] {
    return this.primaries.map(({ url }) => url);
  }

  /** Moves slots from one primary to another, one after the other, as `redis-cli --cluster reshard` does. */
  async moveSlots(slots: Iterable<number>, from: RedisProcess, to: RedisProcess): Promise<void> {
    const [source, target] = [clientOf(from), clientOf(to)];
    try {
      const [sourceId, targetId] = await Promise.all([source.call('cluster', 'myid'), target.call('cluster', 'myid')]);
      for (const slot of slots) {
        await target.call('cluster', 'setslot', slot, 'importing', String(sourceId));
        await source.call('cluster', 'setslot', slot, 'migrating', String(targetId));
        for (;;) {
          const keys = (await source.call('cluster', 'getkeysinslot', slot, 100)) as string[];
          if (keys.length === 0) break;
          await source.call('migrate', '127.0.0.1', to.port, '', 0, 5000, 'keys', ...keys);
        }
        await target.call('cluster', 'setslot', slot, 'node', String(targetId));
        await source.call('cluster', 'setslot', slot, 'node', String(targetId));
      }
    } finally {
      source.disconnect();
      target.disconnect();
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.primaries, ...this.replicas].map((server) => server.stop()));
  }
}

/** Distributes the slots, and waits until every server knows every other. */
async function joinPrimaries(servers: readonly RedisProcess[]): Promise<void> {
  for (const [index, { port }] of servers.entries()) {
    await ask(port, 'cluster', 'addslotsrange', String(SLOTS[index]), String((SLOTS[index + 1] ?? 0) - 1));
    await ask(port, 'cluster', 'set-config-epoch', String(index + 1));
    if (index > 0) await ask(port, 'cluster', 'meet', '127.0.0.1', String(servers[0]?.port));
  }
  const isWhole = async ({ port }: RedisProcess) => {
    const info = await ask(port, 'cluster', 'info');
    return ['cluster_state:ok', 'cluster_slots_ok:16384', 'known_nodes:3'].every((part) => info.includes(part));
  };
  await eventually('the cluster is whole', async () => (await Promise.all(servers.map(isWhole))).every(Boolean), {
    deadlineMs: 15_000,
  });
}

async function follow(primary: RedisProcess, replica: RedisProcess): Promise<RedisProcess> {
  const id = await ask(primary.port, 'cluster', 'myid');
  await ask(replica.port, 'cluster', 'meet', '127.0.0.1', String(primary.port));
  await eventually('the replica knows its primary', async () =>
    (await ask(replica.port, 'cluster', 'nodes')).includes(id),
  );
  await ask(replica.port, 'cluster', 'replicate', id);
  const isInSync = async () => (await ask(replica.port, 'info', 'replication')).includes('master_link_status:up');
  await eventually('the replica is in sync', isInSync, { deadlineMs: 15_000 });
  return replica;
}

async function clusterPort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port <= HIGHEST_PORT) return port;
  }
}

function clientOf({ port }: RedisProcess): Redis {
  return new Redis({ port, host: '127.0.0.1' });
}

function fail(): never {
  throw new Error('A cluster has three primaries.');
}
