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
const ONLINE_MS = 90_000;
/** From the end of the traffic until the last outcome is due. Milliseconds. */
const LAST_OUTCOME_MS = 9_000;
/** A ring that has not arrived by then is tried again. Milliseconds. */
const RING_MS = 1_000;
/** Routes expire after 60 s without their node. Milliseconds. */
const ROUTES_GONE_MS = 75_000;

/** Gauges that are 0 at a gateway without clients. Ends of calls are kept for 10 minutes for a node that was killed. */
const IDLE_AT_ZERO = [
  'wr_connections',
  'wr_unregistered_connections',
  'wr_registers_in_flight',
  'wr_sessions',
  'wr_routes',
  'wr_calls',
  'wr_watched_peers',
  'wr_inbox_frames',
  'wr_outgoing_bytes',
  'wr_node_requests_pending',
  'wr_node_messages_queued',
  'wr_route_releases_pending',
  'wr_license_queue',
  'wr_claim_queue',
];

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
    try {
      await startGateways?.(cluster);
      const identities = await identitiesFor(cluster, options.clients);
      const scenario = new Scenario(cluster, run, options, identities);
      await scenario.#begin(options.traffic ?? BUSY);
      return scenario;
    } catch (failure) {
      await cluster.stop();
      throw failure;
    }
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

  /** A back end is about to fail: deadlines that depend on it begin at `outageEnded`. */
  outageBegan(): void {
    this.oracle.disturbances.outageBegan(this.nowMs);
  }

  outageEnded(): void {
    this.oracle.disturbances.outageEnded(this.nowMs);
  }

  /** Waits, while the clients go on. */
  readonly pass = async (ms: number): Promise<void> => {
    const end = this.nowMs + ms;
    while (this.nowMs < end) await sleep(50);
  };

  /** Observed time until the condition holds; more than `deadlineMs` if it does not hold by then. */
  async until(holds: () => boolean | Promise<boolean>, deadlineMs: number): Promise<number> {
    const start = this.nowMs;
    while (!(await holds()) && this.nowMs - start <= deadlineMs) await sleep(50);
    return this.nowMs - start;
  }

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

  /** Ends the traffic, then the clients, and adds the findings of the oracle to the figures. */
  async finish(): Promise<void> {
    const { run, oracle, clients } = this;
    run.say('waiting for the last outcomes');
    this.#traffic?.stop();
    await this.pass(LAST_OUTCOME_MS);
    oracle.judge();
    const wrong = oracle.presence.wrong;
    const views = oracle.presence.views;
    clients.leave();
    run.say('waiting until Redis is empty');
    const servers = redisServers(this.cluster, this.topology);
    const routes = async () => (await keysIn(servers)).filter((key) => key.startsWith('wr:route:'));
    await this.until(async () => (await routes()).length === 0, ROUTES_GONE_MS);
    const busy = () => this.#busyGauges();
    await this.until(async () => (await busy()).length === 0, ROUTES_GONE_MS);
    const leftOver = await routes();
    if (leftOver.length > 0) oracle.violations.add('left_over', 'routes after the last client', leftOver.length);
    const gauges = await busy();
    run.figures.add('gauges above 0 without clients', gauges.length, '', { exactly: 0 });
    if (gauges.length > 0) run.say(`above 0 without clients: ${gauges.join(', ')}`);
    await this.#stopGateways();
    const nodes = await keysIn(servers);
    if (nodes.length > 0) oracle.violations.add('left_over', nodes.slice(0, 3).join(), nodes.length);
    this.#report(views, wrong);
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
      caller.call(callee.peer, id, true);
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

  /** Names of the gauges that are not back at 0. */
  async #busyGauges(): Promise<readonly string[]> {
    const values = await Promise.all(IDLE_AT_ZERO.map((gauge) => this.fleet.metric(gauge)));
    return IDLE_AT_ZERO.filter((_, index) => values[index] !== 0);
  }

  async #stopGateways(): Promise<void> {
    await this.fleet.stop();
    // A node that was killed is known until its lease ends.
    await this.until(async () => (await keysIn(redisServers(this.cluster, this.topology))).length === 0, 15_000);
  }

  #report(views: number, wrong: number): void {
    const { violations, signals, requests } = this.oracle;
    const { sent, arrived, acked, refused, unproven, abandoned } = signals.figures;
    const { figures } = this.run;
    figures.add('violations of the oracle', violations.total, '', { exactly: 0 });
    figures.add('signals sent', sent);
    figures.add('arrived', arrived);
    figures.add('acknowledged', acked);
    figures.add('answered with an error', refused);
    figures.add('with a connection that ended', unproven + abandoned);
    figures.add('requests answered', requests.answers);
    figures.add('presence views at the end', views, '', { atLeast: 1 });
    figures.add('of these wrong', wrong, '', { exactly: 0 });
    figures.add('not observed by this process', Math.round(this.#clock.stalledMs), 'ms');
    for (const line of violations.lines) this.run.say(line);
    const closes = [...this.clients.closes].map(([code, count]) => `${code}: ${count}`).join(', ');
    this.run.say(`connections ended with ${closes}`);
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
