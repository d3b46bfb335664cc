import type { CallId } from '@white-rabbit/protocol';
import { Cluster, type ClusterOptions } from './cluster.js';
import { callId, newIdentity } from './new-identity.js';
import { TestPeer } from './test-peer.js';
import type { ConnectOptions, Registration } from './test-client.js';

/** Licenses that are issued in advance, so that no test waits for one. */
const KEYS_AHEAD = 100;

/** Where and how a test client connects. */
export interface Entrance {
  /** Number of its gateway, from 0. */
  readonly at?: number;
  readonly contacts?: readonly string[];
  readonly options?: ConnectOptions;
}

/** A cluster with test clients. It provides the setup for end-to-end suites. */
export class Stage {
  readonly #gateways: number;
  readonly #options: ClusterOptions;
  readonly #keys: string[] = [];
  readonly #players = new Set<TestPeer>();
  #cluster: Cluster | undefined;
  #issuing: Promise<void> | undefined;

  /** Starts nothing yet: `open` does. */
  constructor(gateways: number, options: ClusterOptions = {}) {
    this.#gateways = gateways;
    this.#options = options;
  }

  /** A cluster that is started. Close it after all tests. */
  static async open(gateways: number, options?: ClusterOptions): Promise<Stage> {
    const stage = new Stage(gateways, options);
    await stage.open();
    return stage;
  }

  /** Starts the cluster. */
  async open(): Promise<void> {
    this.#cluster = await Cluster.start(this.#gateways, this.#options);
  }

  /** @throws Error before the cluster is started. */
  get cluster(): Cluster {
    if (this.#cluster === undefined) throw new Error('The stage is not open.');
    return this.#cluster;
  }

  /** An unused license for one device. */
  async key(): Promise<string> {
    for (;;) {
      const key = this.#keys.pop();
      if (key !== undefined) return key;
      // Hundreds of clients that need a license at once wait for the same issue.
      await (this.#issuing ??= this.#issueAhead());
    }
  }

  async #issueAhead(): Promise<void> {
    try {
      const issued = await this.cluster.licenses.issue({ count: KEYS_AHEAD });
      this.#keys.push(...issued.map(({ license_key }) => license_key));
    } finally {
      this.#issuing = undefined;
    }
  }

  /** New ids and a license for a client. */
  async identity(name: string, contacts?: readonly string[]): Promise<Registration> {
    return { ...newIdentity(name), license_key: await this.key(), ...(contacts && { contacts }) };
  }

  /** A new client with an open socket, not registered yet. */
  async stranger(name: string, { at = 0, contacts, options }: Entrance = {}): Promise<TestPeer> {
    return this.socketOf(await this.identity(name, contacts), at, options);
  }

  /** An open socket for an identity that may have others. */
  async socketOf(identity: Registration, at = 0, options: ConnectOptions = {}): Promise<TestPeer> {
    const player = new TestPeer(this.cluster.gateway(at).url, identity, options);
    this.#players.add(player);
    return player.opened();
  }

  /** A new client, registered. */
  async player(name: string, entrance: Entrance = {}): Promise<TestPeer> {
    const player = await this.stranger(name, entrance);
    await player.join();
    return player;
  }

  /** Two registered clients: the first at gateway 0, the second at gateway `far`. */
  async pair(far = 0): Promise<readonly [TestPeer, TestPeer]> {
    return Promise.all([this.player('alice'), this.player('bob', { at: far })]);
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

  /** Closes all clients: after each test. */
  async clear(): Promise<void> {
    await Promise.all([...this.#players].map((player) => player.close()));
    this.#players.clear();
  }

  /** Ends the cluster. */
  async close(): Promise<void> {
    await this.clear();
    // The cluster may never have started.
    await this.#cluster?.stop();
  }
}
