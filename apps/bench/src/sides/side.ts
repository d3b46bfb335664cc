import { Redis } from 'ioredis';
import { type End, pair } from '../load/ends.js';
import { each, Sockets } from '../load/sockets.js';
import { sum } from '../load/statistics.js';
import type { Client } from '../load/wire.js';
import { cpuMs, rssBytes } from '../machine/process-usage.js';
import { redisCpuMs } from '../machine/redis-usage.js';
import { IdleSessions } from './idle-sessions.js';
import { WIRES, type WireName } from './wires.js';

/** A server under test that runs: one process, or several nodes. */
export interface Server {
  readonly name: string;
  readonly wire: WireName;
  /** URL of each node. */
  readonly urls: readonly string[];
  /** Processes whose CPU and memory count. */
  readonly pids: readonly number[];
  /** The Redis between the nodes, whose CPU counts, too. */
  readonly redisUrl?: string;
  /** Names of that many clients that have never registered. `contacts`: peers that they watch, where there is presence. */
  newNames(count: number, contacts?: readonly string[]): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Starts one. */
export type StartServer = () => Promise<Server>;

/** Idle sessions of one process: its descriptors do not run out. */
const IDLE_IN_PROCESS = 10_000;

/** A server under test with the bench's clients. */
export class Side {
  readonly #server: Server;
  readonly #sockets: readonly Sockets[];
  readonly #redis: Redis | undefined;
  readonly #idle: IdleSessions[] = [];

  constructor(server: Server) {
    this.#server = server;
    this.#sockets = server.urls.map((url) => new Sockets(url, WIRES[server.wire]));
    this.#redis = server.redisUrl === undefined ? undefined : new Redis(server.redisUrl);
  }

  get name(): string {
    return this.#server.name;
  }

  get wire(): WireName {
    return this.#server.wire;
  }

  /** CPU time that its processes, and its Redis across nodes, have used so far, ms. */
  async cpuMs(): Promise<number> {
    const redis = this.#redis ? redisCpuMs(await this.#redis.info('cpu')) : 0;
    return sum(this.#server.pids.map(cpuMs)) + redis;
  }

  /** Resident memory of its processes. */
  rssBytes(): number {
    return sum(this.#server.pids.map(rssBytes));
  }

  /** Pairs that send to each other, both ways; if there are several nodes, across them. Each end is followed by its other end. */
  async connect(pairs: number): Promise<readonly End[]> {
    const open = await this.newClients(pairs * 2);
    const ends = await each(pairs, async (index) => {
      const [first, second] = await Promise.all([open(index * 2), open(index * 2 + 1)]);
      return pair(WIRES[this.#server.wire], first, second);
    });
    return ends.flat();
  }

  /** Creates that many clients; the function registers the one with that index, at the nodes in turn. */
  async newClients(count: number) {
    const names = await this.#server.newNames(count);
    return (index: number) => {
      const name = names[index];
      if (name === undefined) throw new Error(`There is no client ${index}.`);
      return this.open(name, index);
    };
  }

  /** Names of that many clients that have never registered. `contacts`: peers that they watch, where there is presence. */
  newNames(count: number, contacts?: readonly string[]): Promise<readonly string[]> {
    return this.#server.newNames(count, contacts);
  }

  /** Registers a client at the node with that index, modulo the number of nodes. */
  open(name: string, index: number): Promise<Client> {
    const sockets = this.#sockets[index % this.#sockets.length];
    if (!sockets) throw new Error('The server has no node.');
    return sockets.open(name);
  }

  /** Opens that many sessions that only answer heartbeats, in processes of their own. */
  async idle(sessions: number): Promise<void> {
    await this.idleAs(await this.newNames(sessions));
  }

  /** The same for clients with these names. */
  async idleAs(names: readonly string[]): Promise<void> {
    const { wire, urls } = this.#server;
    for (let first = 0; first < names.length; first += IDLE_IN_PROCESS) {
      const part = names.slice(first, first + IDLE_IN_PROCESS);
      this.#idle.push(await IdleSessions.open({ wire, urls, names: part }));
    }
  }

  /** Closes what `connect`, `newClients` and `open` opened. */
  async disconnect(): Promise<void> {
    await Promise.all(this.#sockets.map((sockets) => sockets.close()));
  }

  /** Ends the server and the idle sessions. */
  async stop(): Promise<void> {
    await this.disconnect();
    await Promise.all(this.#idle.map((sessions) => sessions.close()));
    this.#redis?.disconnect();
    await this.#server.stop();
  }
}
