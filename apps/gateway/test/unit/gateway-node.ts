import { afterEach } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { ClusterNode, MemoryRegion, openEngines } from '@white-rabbit/cluster';
import { LicenseRepository, RevocationWatch } from '@white-rabbit/license';
import { Calls, Contacts, Hub, PendingSessions, SessionRegistry, type NodeId } from '@white-rabbit/signaling';
import { pino } from 'pino';
import { ConfigModule } from '../../src/config/config.module.js';
import { readConfig, type Config } from '../../src/config/config.js';
import { ConnectionHandler } from '../../src/events/connection-handler.js';
import { RateLimits } from '../../src/events/limits/rate-limits.js';
import { ClusterModule } from '../../src/lifecycle/cluster.module.js';
import { GatewayNode } from '../../src/lifecycle/gateway-node.js';
import { LifecycleModule } from '../../src/lifecycle/lifecycle.module.js';
import { PublicServer } from '../../src/lifecycle/public-server.js';
import { DatabaseHealth } from '../../src/telemetry/database-health.js';
import { Health } from '../../src/lifecycle/health.js';
import type { FastCounter } from '../../src/telemetry/metrics/fast-counter.js';
import { Metrics } from '../../src/telemetry/metrics/metrics.js';
import { TelemetryModule } from '../../src/telemetry/telemetry.module.js';
import { NO_TRACER } from '../../src/telemetry/tracing/tracer.js';
import { Admission } from '../../src/transport/admission.js';
import { Connection } from '../../src/transport/connection.js';
import { Connections } from '../../src/transport/connections.js';
import type { Source } from '../../src/transport/source.js';
import { FakeLicenses } from './fake-licenses.js';
import { FakeSocket } from './fake-socket.js';
import { settled } from './settled.js';

/** The configuration for an environment. @throws Error if it is not valid. */
export function configOf(env: Readonly<Record<string, string>> = {}): Config {
  const config = readConfig(env);
  if (Array.isArray(config)) throw new Error(config.join(' '));
  return config;
}

/** Options of a node in a test. */
export interface NodeOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Shared by all nodes of a cluster. */
  readonly region?: MemoryRegion;
  readonly licenses?: FakeLicenses;
  /** Receives the log lines of the node. */
  readonly onLog?: (line: string) => void;
}

/**
 * A gateway with its real modules, fake sockets, a fake license database and a cluster in memory. It stops after the
 * test.
 */
export type TestNode = Awaited<ReturnType<typeof startNode>>;

type Parts = Required<Pick<NodeOptions, 'region' | 'licenses'>>;

let nodes = 0;
const running: { stop(): void }[] = [];
afterEach(() => {
  for (const node of running.splice(0)) node.stop();
});

/** Starts a node that has joined its cluster and does not listen: fake sockets are its connections. */
export async function startNode(options: NodeOptions = {}) {
  const { region = new MemoryRegion(), licenses = new FakeLicenses() } = options;
  const app = await compile({ ...options, region, licenses });
  const metrics = app.get(Metrics);
  const events = recorded(metrics.events);
  const verdicts = recorded(metrics.registers);
  const cluster = app.get(ClusterNode);
  await cluster.lease.join();
  const [connections, handler] = [app.get(Connections), app.get(ConnectionHandler)];

  const connect = (source?: Source) => {
    const socket = new FakeSocket();
    socket.source = source;
    const connection = new Connection(socket, handler);
    connections.add(connection);
    return { socket, connection };
  };
  /** A client that has registered; the frames received so far are removed. */
  const join = async (peer_id: string, contactIds: readonly string[] = []) => {
    const client = connect();
    client.socket.says('register', identity(peer_id, contactIds));
    await settled();
    const [registered] = client.socket.take();
    if (registered?.event !== 'registered') throw new Error(`${peer_id} was not registered`);
    return client;
  };
  const stop = () => {
    connections.stop();
    for (const part of [cluster.routes, cluster.presence, cluster.detector, cluster.rpc]) part.stop();
    void cluster.lease.stop();
    cluster.close();
  };
  running.push({ stop });
  const { self, engines, rpc, routes, presence, detector } = cluster;
  return {
    ...{ app, self, engines, rpc, routes, presence, detector, region, licenses },
    ...{ connect, join, stop, events, verdicts, metrics },
    hub: app.get(Hub),
    pending: app.get(PendingSessions),
    contacts: app.get<Contacts>(Contacts),
    calls: app.get<Calls>(Calls),
    sessions: app.get<SessionRegistry>(SessionRegistry),
    limits: app.get(RateLimits),
    admission: app.get(Admission),
    health: app.get(Health),
    server: app.get(PublicServer),
    node: app.get(GatewayNode),
    connections,
    handler,
  };
}

/** All state of peers that is left at a node, and of connections that have not registered. */
export function leftAt({ hub, routes, presence, pending, connections }: TestNode) {
  return {
    sessions: hub.size,
    watched: presence.size,
    routes: routes.size,
    pending: pending.size,
    unregistered: connections.unregistered,
  };
}

/** What is `leftAt` a node without clients. */
export const NOTHING = { sessions: 0, watched: 0, routes: 0, pending: 0, unregistered: 0 };

async function compile({ env = {}, region, licenses, onLog }: NodeOptions & Parts): Promise<TestingModule> {
  const log = pino({ base: null }, { write: (line) => onLog?.(line) });
  const telemetry = { log, metrics: new Metrics(), tracer: NO_TRACER };
  const self = `node-${(nodes += 1)}` as NodeId;
  const cluster = new ClusterNode(self, await openEngines({ node: self, region }));
  return Test.createTestingModule({
    imports: [
      ConfigModule.forRoot(configOf({ WR_PORT: '0', ...env })),
      TelemetryModule.forRoot(telemetry, new DatabaseHealth(telemetry)),
      fakeLicenseModule(licenses),
      ClusterModule,
      LifecycleModule,
    ],
  })
    .overrideProvider(ClusterNode)
    .useValue(cluster)
    .compile();
}

/** The values that a counter counts from now on, in order. */
export function recorded<Label extends string | number>(counter: FastCounter<Label>): Label[] {
  const counted: Label[] = [];
  const count = counter.count.bind(counter);
  counter.count = (...labels) => {
    counted.push(...labels);
    count(...labels);
  };
  return counted;
}

function fakeLicenseModule(licenses: FakeLicenses) {
  @Global()
  @Module({
    providers: [
      { provide: LicenseRepository, useValue: licenses },
      { provide: RevocationWatch, useValue: new RevocationWatch(licenses) },
    ],
    exports: [LicenseRepository, RevocationWatch],
  })
  class FakeLicenseModule {}
  return FakeLicenseModule;
}

/** The `data` of a valid `register`. */
export function identity(peer_id: string, contacts: readonly string[] = []) {
  return { license_key: 'WR1-00000-00000-00000-00000-00000-00000', device_id: `${peer_id}-device`, peer_id, contacts };
}

/** The close codes of the clients' sockets, in order. */
export function closeCodesOf(...sockets: readonly FakeSocket[]): (number | undefined)[] {
  return sockets.flatMap((socket) => socket.closeCodes);
}
