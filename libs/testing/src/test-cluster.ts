import type { DatabaseRole } from '@white-rabbit/license/embedded';
import type { CallId } from '@white-rabbit/protocol';
import { BackEnds, type BackEndOptions, type Faults } from './back-ends.js';
import { GatewayProcess } from './gateway-process.js';
import { HaproxyFronts } from './haproxy-fronts.js';
import type { Licenses } from './licenses.js';
import type { RedisCluster } from './redis/redis-cluster.js';
import type { RedisSentinel } from './redis/redis-sentinel.js';
import type { RedisUser } from './redis/redis-users.js';
import type { Registration } from './registration.js';
import type { ConnectOptions } from './test-client.js';
import { callId, newIdentity, TestPeer } from './test-peer.js';

/** Time limit for starting or stopping a cluster on a busy machine. Milliseconds. */
export const CLUSTER_START_MS = 90_000;

/** Licenses that are issued in advance, so that no test waits for one. */
const KEYS_AHEAD = 100;

/** How to start a cluster. */
export interface ClusterOptions extends BackEndOptions {
  /** Settings of every gateway. */
  readonly env?: Readonly<Record<string, string>>;
  /** `true`: clients connect to the gateways directly, even if WR_TEST_THROUGH=haproxy puts HAProxy before them. */
  readonly direct?: boolean;
}

/** Where and how a new client connects. */
export interface PeerOptions extends ConnectOptions {
  /** Number of its gateway, from 0. */
  readonly at?: number;
  readonly contacts?: readonly string[];
}

/** Redis, PostgreSQL, gateway processes and test clients that belong to one suite. */
export class TestCluster {
  readonly gateways: GatewayProcess[] = [];
  readonly #count: number;
  readonly #options: ClusterOptions;
  readonly #keys: string[] = [];
  readonly #clients = new Set<TestPeer>();
  #issuing: Promise<void> | undefined;
  #backEnds: BackEnds | undefined;
  #fronts: HaproxyFronts | undefined;

  /** Starts nothing yet: `start` does. */
  constructor(gateways: number, options: ClusterOptions = {}) {
    this.#count = gateways;
    this.#options = options;
  }

  /** A cluster that is started; takes some seconds. Stop it after use. */
  static async start(gateways: number, options?: ClusterOptions): Promise<TestCluster> {
    const cluster = new TestCluster(gateways, options);
    await cluster.start();
    return cluster;
  }

  /** Starts the back ends and then all gateways at once. If one fails, everything that was started is stopped. */
  async start(): Promise<void> {
    const { direct = false } = this.#options;
    try {
      if (!direct) this.#fronts = await HaproxyFronts.wanted();
      this.#backEnds = await BackEnds.start(this.#options);
      await Promise.all(Array.from({ length: this.#count }, () => this.add()));
    } catch (failure) {
      await this.stop();
      throw failure;
    }
  }

  /** Connects to Redis directly, not through a proxy. */
  get redisUrl(): string {
    return this.redisUrlOf('wr-gateway');
  }

  /** The same for another user of Redis. */
  redisUrlOf(user: RedisUser): string {
    return this.#started.redisUrlOf(user);
  }

  /** Connects a superuser to PostgreSQL directly, not through a proxy. */
  get databaseUrl(): string {
    return this.#started.databaseUrl;
  }

  /** The same for a login in a role of deploy/postgres/roles.sql. */
  databaseUrlOf(role: DatabaseRole): string {
    return this.#started.databaseUrlOf(role);
  }

  /** What PostgreSQL has logged so far; `undefined` if it is not a server of this suite (WR_TEST_DATABASE_URL). */
  postgresLog(): Promise<string | undefined> {
    return this.#started.postgresLog();
  }

  /** @throws Error unless the cluster was started with a Redis Cluster. */
  get redisCluster(): RedisCluster {
    return this.#started.redisCluster;
  }

  /** @throws Error unless the cluster was started with Sentinels. */
  get redisSentinel(): RedisSentinel {
    return this.#started.redisSentinel;
  }

  /** Issues and revokes licenses in this cluster's database. */
  get licenses(): Licenses {
    return this.#started.licenses;
  }

  /** @throws Error unless the cluster was started as breakable. */
  get faults(): Faults {
    return this.#started.faults;
  }

  /** The gateway with that number, from 0. */
  gateway(index: number): GatewayProcess {
    const gateway = this.gateways[index];
    if (!gateway) throw new Error(`There is no gateway ${index}.`);
    return gateway;
  }

  /** Settings with which a gateway of this cluster starts. */
  get env(): Readonly<Record<string, string>> {
    return { ...this.#started.env, ...this.#options.env };
  }

  /** Starts one more gateway; its own settings take precedence over the cluster's. */
  async add(env: Readonly<Record<string, string>> = {}): Promise<GatewayProcess> {
    const name = `gateway ${this.gateways.length}`;
    const gateway = await GatewayProcess.start({
      name,
      env: { ...this.env, ...env },
    });
    this.gateways.push(gateway);
    await this.#fronts?.putBefore(gateway);
    return gateway;
  }

  /** The key of an unused license for one device. */
  async licenseKey(): Promise<string> {
    for (;;) {
      const key = this.#keys.pop();
      if (key !== undefined) return key;
      // Hundreds of clients that need a license at once wait for the same issue.
      await (this.#issuing ??= this.#issueAhead());
    }
  }

  /** New ids and a license for a client. */
  async identity(name: string, contacts?: readonly string[]): Promise<Registration> {
    return { ...newIdentity(name), license_key: await this.licenseKey(), ...(contacts && { contacts }) };
  }

  /** A new client with an open connection, not registered yet. */
  async connect(name: string, { at, contacts, ...options }: PeerOptions = {}): Promise<TestPeer> {
    return this.connectAs(await this.identity(name, contacts), at, options);
  }

  /** An open connection for an identity that may have others. */
  async connectAs(identity: Registration, at = 0, options: ConnectOptions = {}): Promise<TestPeer> {
    const client = new TestPeer(this.gateway(at).url, identity, options);
    this.#clients.add(client);
    return client.opened();
  }

  /** A new client, registered. */
  async peer(name: string, options: PeerOptions = {}): Promise<TestPeer> {
    const peer = await this.connect(name, options);
    await peer.join();
    return peer;
  }

  /** Two registered clients: the first at gateway 0, the second at gateway `far`. */
  async pair(far = 0): Promise<readonly [TestPeer, TestPeer]> {
    return Promise.all([this.peer('alice'), this.peer('bob', { at: far })]);
  }

  /** `caller` calls `callee`; resolves when it rings. */
  async ring(caller: TestPeer, callee: TestPeer, id: CallId = callId()): Promise<CallId> {
    const answer = await caller.ask('call', { peer_id: callee.peer_id, call_id: id });
    if (answer.event !== 'ack') throw new Error(`call was answered ${answer.text}`);
    await callee.nextWhere(`ring of ${id}`, (frame) => frame.event === 'ring' && frame.data.call_id === id);
    return id;
  }

  /** An active call between the two. */
  async call(caller: TestPeer, callee: TestPeer, id: CallId = callId()): Promise<CallId> {
    await this.ring(caller, callee, id);
    const answer = await callee.ask('accept', { call_id: id });
    if (answer.event !== 'ack') throw new Error(`accept was answered ${answer.text}`);
    await caller.nextWhere(`accept of ${id}`, (frame) => frame.event === 'accept' && frame.data.call_id === id);
    return id;
  }

  /** Closes all clients that this cluster created. */
  async closeClients(): Promise<void> {
    await Promise.all([...this.#clients].map((client) => client.close()));
    this.#clients.clear();
  }

  /** Stops everything: the clients, the gateways at once, then the back ends. */
  async stop(): Promise<void> {
    await this.closeClients();
    await Promise.all(this.gateways.map((gateway) => gateway.stop()));
    await this.#fronts?.stop();
    await this.#backEnds?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  get #started(): BackEnds {
    if (!this.#backEnds) throw new Error('The cluster has not started.');
    return this.#backEnds;
  }

  async #issueAhead(): Promise<void> {
    try {
      const issued = await this.licenses.issue({ count: KEYS_AHEAD });
      this.#keys.push(...issued.map(({ license_key }) => license_key));
    } finally {
      this.#issuing = undefined;
    }
  }
}
