import { Redis } from 'ioredis';
import { eventually } from '../eventually.js';
import { freePort } from '../free-port.js';
import { ask } from './ask.js';
import { RedisProcess } from './redis-process.js';
import { REDIS_PASSWORD } from './redis-users.js';

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
const START_MS = 20_000;
/** Servers that do not know each other by then are introduced again. */
const MEET_AGAIN_MS = 4_000;
/** The ports of a server may be taken between the look for free ones and its start, by any connection of this machine. */
const ATTEMPTS = 5;

/** A Redis Cluster on loopback: three primaries, each with a replica if that was requested. */
export class RedisCluster {
  private constructor(
    readonly primaries: readonly RedisProcess[],
    /** In the order of their primaries. */
    readonly replicas: readonly RedisProcess[],
  ) {}

  /** Starts it, and resolves when it accepts commands and its replicas are in sync. */
  static async start({ replicated = false } = {}): Promise<RedisCluster> {
    const servers = await startServers(replicated ? 6 : 3);
    try {
      const [primaries, replicas] = [servers.slice(0, 3), servers.slice(3)];
      await join(servers, primaries);
      await Promise.all(replicas.map((replica, index) => follow(replica, primaries[index])));
      return new RedisCluster(primaries, replicas);
    } catch (error) {
      await stopAll(servers);
      throw error;
    }
  }

  /** Where the engines find the cluster. */
  get options(): { readonly clusterNodes: readonly string[] } {
    return { clusterNodes: this.primaries.map(({ url }) => url) };
  }

  /** The settings with which a gateway finds the cluster. */
  get env(): Readonly<Record<string, string>> {
    const nodes = this.primaries.map(({ port }) => `127.0.0.1:${port}`);
    return { REDIS_CLUSTER_NODES: nodes.join(), REDIS_USERNAME: 'wr-gateway', REDIS_PASSWORD };
  }

  /** Moves slots from one primary to another, one after the other, as `redis-cli --cluster reshard` does. */
  async moveSlots(slots: Iterable<number>, from: RedisProcess, to: RedisProcess): Promise<void> {
    const [source, target] = [new Redis(from.urlOf('wr-operator')), new Redis(to.urlOf('wr-operator'))];
    const access = ['auth2', 'wr-operator', REDIS_PASSWORD];
    try {
      const [sourceId, targetId] = await Promise.all([source.call('cluster', 'myid'), target.call('cluster', 'myid')]);
      for (const slot of slots) {
        await target.call('cluster', 'setslot', slot, 'importing', String(sourceId));
        await source.call('cluster', 'setslot', slot, 'migrating', String(targetId));
        for (;;) {
          const keys = (await source.call('cluster', 'getkeysinslot', slot, 100)) as string[];
          if (keys.length === 0) break;
          await source.call('migrate', '127.0.0.1', to.port, '', 0, 5000, ...access, 'keys', ...keys);
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
    await stopAll([...this.primaries, ...this.replicas]);
  }
}

/** Starts them at free ports, again at others if another process has just taken one. */
async function startServers(count: number): Promise<readonly RedisProcess[]> {
  for (let attempt = 1; ; attempt += 1) {
    const ports: number[] = [];
    while (ports.length < count) ports.push(await clusterPort());
    const started = await Promise.allSettled(ports.map((port) => RedisProcess.start({ port, settings: SETTINGS })));
    const servers = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    if (servers.length === count) return servers;
    await stopAll(servers);
    const failure = started.find((each) => each.status === 'rejected');
    if (attempt === ATTEMPTS) throw new Error('A server of the cluster did not start.', { cause: failure?.reason });
  }
}

async function stopAll(servers: readonly RedisProcess[]): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
}

/** Distributes the slots, and waits until every server knows every other. */
async function join(servers: readonly RedisProcess[], primaries: readonly RedisProcess[]): Promise<void> {
  await Promise.all(
    primaries.map(async ({ port }, index) => {
      await ask(port, 'cluster', 'addslotsrange', String(SLOTS[index]), String((SLOTS[index + 1] ?? 0) - 1));
      await ask(port, 'cluster', 'set-config-epoch', String(index + 1));
    }),
  );
  const [first, ...others] = servers;
  const meet = async ({ port }: RedisProcess) => ask(port, 'cluster', 'meet', '127.0.0.1', String(first?.port));
  const isWhole = async ({ port }: RedisProcess) => {
    const info = await ask(port, 'cluster', 'info');
    const parts = ['cluster_state:ok', 'cluster_slots_ok:16384', `known_nodes:${servers.length}`];
    return parts.every((part) => info.includes(part));
  };
  // A handshake with a server that is slow to answer is given up, and has to begin again.
  let metMs = -Infinity;
  const areWhole = async () => {
    const parts = await Promise.all(servers.map(isWhole));
    if (parts.every(Boolean)) return true;
    if (performance.now() - metMs > MEET_AGAIN_MS) {
      await Promise.all(others.map(meet));
      metMs = performance.now();
    }
    return false;
  };
  await eventually('the cluster is whole', areWhole, { deadlineMs: START_MS });
}

async function follow(replica: RedisProcess, primary: RedisProcess | undefined): Promise<void> {
  if (primary === undefined) throw new Error('A cluster has three primaries.');
  await ask(replica.port, 'cluster', 'replicate', await ask(primary.port, 'cluster', 'myid'));
  // The primary regards it as in sync a moment later, or makes it synchronize once more.
  const isInSync = async () => {
    const [here, there] = [
      await ask(replica.port, 'info', 'replication'),
      await ask(primary.port, 'info', 'replication'),
    ];
    return here.includes('master_link_status:up') && there.includes(`port=${replica.port},state=online`);
  };
  await eventually('the replica is in sync', isInSync, { deadlineMs: START_MS });
}

async function clusterPort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port <= HIGHEST_PORT) return port;
  }
}
