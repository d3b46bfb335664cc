import {
  callId,
  eventually,
  GENEROUS,
  newIdentity,
  TestCluster,
  type Registration,
  type Topology,
} from '@white-rabbit/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../clients/random.js';
import { SimulatedClients } from '../clients/simulated-clients.js';
import { BUSY, Traffic, type TrafficOptions } from '../clients/traffic.js';
import { ObservedClock } from '../oracle/observed-clock.js';
import { Oracle } from '../oracle/oracle.js';
import type { Figures } from './figures.js';
import { GatewayFleet } from './gateway-fleet.js';
import { keysIn, redisServers } from './redis-servers.js';

/** Devices of one license. */
const DEVICES = 1_000;
/** How often the oracle looks for what is overdue. Milliseconds. */
const JUDGE_MS = 250;
/** Time in which all clients have registered at the start. Milliseconds. */
const ONLINE_MS = 180_000;
/** A ring that has not arrived by then is tried again. Milliseconds. */
const RING_MS = 1_000;

/** Limits that one source, this process, does not reach. */
const ONE_SOURCE = { WR_SOURCE_CONNECT_RATE: '100000', WR_SOURCE_MAX_UNREGISTERED: '100000' };

/** A cluster with clients for one row. */
export interface ScenarioOptions {
  readonly gateways: number;
  readonly clients: number;
  readonly redis?: Topology;
  /** Settings of every gateway. */
  readonly env?: Readonly<Record<string, string>>;
  readonly traffic?: TrafficOptions;
  /** Number of the gateway that a client prefers. Default: all in turn. */
  readonly gatewayOf?: (index: number) => number;
  /** Starts the gateways, if they need settings of their own. Default: all with `env`. */
  readonly startGateways?: (cluster: TestCluster) => Promise<void>;
}

/** What a row gets from the run. */
export interface Run {
  readonly random: Random;
  readonly figures: Figures;
  /** Reports progress. */
  say(line: string): void;
}

/** Gateways under simulated clients, with the oracle. */
export class Scenario implements AsyncDisposable {
  readonly fleet: GatewayFleet;
  readonly oracle: Oracle;
  readonly clients: SimulatedClients;
  readonly topology: Topology;
  readonly #clock = new ObservedClock();
  readonly #judging: NodeJS.Timeout;
  #traffic: Traffic | undefined;

  private constructor(
    readonly cluster: TestCluster,
    readonly run: Run,
    options: ScenarioOptions,
    identities: readonly Registration[],
  ) {
    this.topology = options.redis ?? 'single';
    this.fleet = new GatewayFleet(cluster);
    this.oracle = new Oracle(this.#clock);
    this.clients = new SimulatedClients({
      identities,
      oracle: this.oracle,
      random: run.random.fork(),
      gatewayOf: options.gatewayOf ?? ((index) => index % options.gateways),
      endpoints: () => this.fleet.endpoints,
    });
    this.#judging = setInterval(() => this.oracle.judge(), JUDGE_MS);
  }

  /** Starts everything, and resolves when all clients are registered and busy. */
  static async start(run: Run, options: ScenarioOptions): Promise<Scenario> {
    const topology = options.redis ?? 'single';
    run.say(`starting ${options.gateways} gateways on Redis (${topology}), ${options.clients} clients`);
    const env = { ...GENEROUS, ...ONE_SOURCE, ...options.env };
    const breakable = topology === 'single';
    const { startGateways, gateways } = options;
    const started = startGateways === undefined ? gateways : 0;
    const cluster = await TestCluster.start(started, { env, redis: topology, breakable, direct: true });
    await using undo = new AsyncDisposableStack();
    undo.use(cluster);
    await startGateways?.(cluster);
    const identities = await identitiesFor(cluster, options.clients);
    // From here on the scenario stops its cluster.
    const scenario = undo.use(new Scenario(cluster, run, options, identities));
    await scenario.#begin(options.traffic ?? BUSY);
    undo.move();
    return scenario;
  }

  /** Milliseconds that this process has observed. */
  get nowMs(): number {
    return this.#clock.nowMs;
  }

  /** A gateway does not run from now on: the load balancer takes it out, and the oracle expects nothing from it. */
  stopsRunning(gateway: number): void {
    this.fleet.takeOut(gateway);
    this.oracle.disturbances.suspended(gateway, this.nowMs);
  }

  /** It continues where it was. */
  runsAgain(gateway: number): void {
    this.oracle.disturbances.resumed(gateway, this.nowMs);
    this.fleet.putBack(gateway);
  }

  /** The keys of routes and nodes in Redis. */
  keys(): Promise<readonly string[]> {
    return keysIn(redisServers(this.cluster, this.topology));
  }

  /** A gateway is about to be killed. */
  killed(gateway: number): void {
    this.oracle.disturbances.killed(gateway, this.nowMs);
  }

  /** A back end is about to fail: deadlines that depend on it begin at `outageEnded`. */
  outageBegan(): void {
    this.oracle.disturbances.outageBegan(this.nowMs);
  }

  outageEnded(): void {
    this.oracle.disturbances.outageEnded(this.nowMs);
  }

  /** Real time in which this process did not observe the server. Milliseconds. */
  get stalledMs(): number {
    return this.#clock.stalledMs;
  }

  /** Waits, while the clients go on. */
  readonly pass = async (ms: number): Promise<void> => {
    const end = this.nowMs + ms;
    while (this.nowMs < end) await sleep(50);
  };

  /** Observed time until the condition holds; more than `deadlineMs` if it does not hold by then. */
  readonly until = async (holds: () => boolean | Promise<boolean>, deadlineMs: number): Promise<number> => {
    const start = this.nowMs;
    while (!(await holds()) && this.nowMs - start <= deadlineMs) await sleep(50);
    return this.nowMs - start;
  };

  /** Whether all clients that want to be are registered, and all their views are right. */
  get isRight(): boolean {
    return this.clients.staying.every(({ isRegistered }) => isRegistered) && this.oracle.presence.wrong === 0;
  }

  /** Connections that have ended so far, of all clients. */
  get endings(): number {
    return [...this.clients.closes.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Gateways whose sessions get no ring from another gateway within `deadlineMs`. */
  async deafGateways(deadlineMs: number): Promise<number> {
    const heard = await Promise.all(this.fleet.running.map((gateway) => this.#hears(gateway, deadlineMs)));
    return heard.filter((isHeard) => !isHeard).length;
  }

  /** The clients keep their sessions and calls, and do nothing more. */
  stopTraffic(): void {
    this.#traffic?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#traffic?.stop();
    clearInterval(this.#judging);
    this.clients.leave();
    this.#clock.stop();
    await this.cluster.stop();
  }

  async #hears(gateway: number, deadlineMs: number): Promise<boolean> {
    const end = this.nowMs + deadlineMs;
    while (this.nowMs < end) {
      const callee = this.run.random.pick(this.clients.at(gateway));
      const caller = this.clients.online.find((client) => client.gateway !== gateway);
      if (callee === undefined || caller === undefined) return false;
      const id = callId('heard');
      caller.calls.call(callee.peer, id, true);
      await this.until(() => this.oracle.calls.knows(id, callee.peer), RING_MS);
      if (this.oracle.calls.knows(id, callee.peer)) return true;
    }
    return false;
  }

  async #begin(traffic: TrafficOptions): Promise<void> {
    await this.clients.connect();
    await eventually('all clients are online', () => this.isRight, { deadlineMs: ONLINE_MS });
    this.#traffic = new Traffic(this.clients, this.run.random.fork(), traffic);
    this.run.say(`${this.clients.online.length} clients are online`);
    await this.pass(3_000);
  }
}

/** Ids and places in licenses that have many. */
async function identitiesFor(cluster: TestCluster, count: number): Promise<readonly Registration[]> {
  const licenses = await cluster.licenses.issue({ count: Math.ceil(count / DEVICES), maxDevices: DEVICES });
  return Array.from({ length: count }, (_, index) => {
    const license_key = licenses[Math.floor(index / DEVICES)]?.license_key ?? '';
    return { ...newIdentity(`c${index}`), license_key };
  });
}
