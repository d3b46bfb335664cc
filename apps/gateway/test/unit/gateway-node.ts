import {
  NodeRpc,
  Directory,
  MemoryRegion,
  FailureDetector,
  openEngines,
  PresenceView,
  RouteKeeper,
  type Engines,
} from '@white-rabbit/cluster';
import type { ClientEventName, RegisterError } from '@white-rabbit/protocol';
import { Calls, Contacts, Hub, PendingSessions, SessionRegistry, type NodeId } from '@white-rabbit/signaling';
import { pino } from 'pino';
import { readConfig, type Config } from '../../src/config/config.js';
import { RpcCallTransport } from '../../src/events/rpc-call-transport.js';
import { CallHandler } from '../../src/events/call-handler.js';
import { ContactsHandler } from '../../src/events/contacts-handler.js';
import { Dispatcher } from '../../src/events/dispatcher.js';
import { probeSilent } from '../../src/events/heartbeat-handler.js';
import { NodeMessages, tellDisplaced } from '../../src/events/node-messages.js';
import { PeerQuota } from '../../src/events/limits/peer-quota.js';
import { RateLimits } from '../../src/events/limits/rate-limits.js';
import { RefusalLimits } from '../../src/events/limits/refusal-limits.js';
import { RegisterHandler } from '../../src/events/register-handler.js';
import { SignalHandler } from '../../src/events/signal-handler.js';
import { HandoverSample } from '../../src/telemetry/metrics/handover-sample.js';
import { Metrics } from '../../src/telemetry/metrics/metrics.js';
import { RegistrationMetrics } from '../../src/telemetry/metrics/registration-metrics.js';
import { NO_TRACER } from '../../src/telemetry/tracing/tracer.js';
import { IceServerProvider } from '../../src/turn/ice-server-provider.js';
import { Connection } from '../../src/transport/connection.js';
import { Connections } from '../../src/transport/connections.js';
import { ConnectionHandler } from '../../src/transport/connection-handler.js';
import type { Source } from '../../src/transport/source.js';
import { FakeLicenses } from './fake-licenses.js';
import { FakeSocket } from './fake-socket.js';
import { settled } from './settled.js';

/** The configuration that an environment gives. @throws Error where it is not in order. */
export function configOf(env: Readonly<Record<string, string>> = {}): Config {
  const config = readConfig(env);
  if (Array.isArray(config)) throw new Error(config.join(' '));
  return config;
}

/** What a test of a node may want to be otherwise. */
export interface NodeOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Shared by the nodes of a cluster. */
  readonly region?: MemoryRegion;
  /** Takes what the node logs. */
  readonly onLog?: (line: string) => void;
}

/** Everything of a gateway between its sockets and its back ends, wired as its modules wire it; the cluster is memory. */
export type TestNode = Awaited<ReturnType<typeof startNode>>;

let nodes = 0;

/** One such node. `stop` it in the end. */
export async function startNode({ env = {}, region = new MemoryRegion(), onLog }: NodeOptions = {}) {
  const { settings, turn } = configOf(env);
  const iceServers = new IceServerProvider(turn);
  const self = `node-${(nodes += 1)}` as NodeId;
  const engines = await openEngines({ node: self, region });
  await engines.registry.join(self);
  const isReachable = () => engines.isUp();
  const cluster = clusterParts(engines, self);
  const { rpc, routes, presence, watch, directory } = cluster;
  const metrics = new Metrics();
  const log = pino({ base: null }, { write: (line) => onLog?.(line) });

  const hub = new Hub();
  const pending = new PendingSessions();
  const contacts = new Contacts(presence, settings.WR_MAX_CONTACTS);
  presence.onChange((peer, status) => {
    contacts.changed(peer, status);
  });
  const calls = new Calls({
    self,
    hub,
    transport: new RpcCallTransport(rpc, isReachable),
    now: () => performance.now(),
    iceServers: () => iceServers.servers(),
    claiming: (session) => pending.claiming(session),
  });
  const sessions = new SessionRegistry({
    hub,
    contacts,
    calls,
    routes,
    pending,
    notifyDisplaced: (node, session) => {
      tellDisplaced(rpc, node, session);
    },
  });
  const messages = new NodeMessages(rpc, calls, sessions);
  messages.start();

  const licenses = new FakeLicenses();
  const verdicts: (RegisterError | 'accepted')[] = [];
  const events: (ClientEventName | 'unknown')[] = [];
  const limits = new RateLimits(settings, metrics.limited);
  const registers = new RegistrationMetrics(metrics.registerTimes, NO_TRACER);
  const register = new RegisterHandler(
    licenses,
    new RefusalLimits(settings),
    new PeerQuota('register', settings.WR_REGISTERS_PER_MINUTE, undefined),
    sessions,
    { heartbeat_interval: 30, heartbeat_timeout: 60, region: settings.WR_REGION },
    limits,
    settings.WR_MAX_CONTACTS,
    isReachable,
    (verdict) => verdicts.push(verdict),
    () => registers.begin(),
  );
  const callQuota = new PeerQuota('call', settings.WR_CALLS_PER_MINUTE, undefined);
  const dispatcher = new Dispatcher(
    limits,
    register,
    new ContactsHandler(contacts, limits, settings.WR_MAX_CONTACTS),
    new CallHandler(calls, hub, directory, callQuota, limits, self, isReachable, iceServers, NO_TRACER),
    new SignalHandler(calls, new HandoverSample(metrics.handovers)),
    (event) => events.push(event),
  );
  const connections = new Connections(
    {
      registerMs: settings.WR_REGISTER_TIMEOUT_SECONDS,
      heartbeatIntervalMs: settings.WR_HEARTBEAT_INTERVAL_SECONDS,
      heartbeatTimeoutMs: settings.WR_HEARTBEAT_TIMEOUT_SECONDS,
    },
    settings.WR_MAX_UNREGISTERED,
    probeSilent,
  );
  const host = new ConnectionHandler(settings, dispatcher, limits, connections, sessions, metrics, log);

  const connect = (source?: Source) => {
    const socket = new FakeSocket();
    socket.source = source;
    const connection = new Connection(socket, host);
    connections.add(connection);
    return { socket, connection };
  };
  /** A client that has registered; what it was told so far is forgotten. */
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
    for (const part of [routes, presence, watch, rpc]) part.stop();
    engines.close();
  };
  const parts = {
    hub,
    pending,
    contacts,
    calls,
    sessions,
    messages,
    connections,
    host,
    limits,
    registers,
    tracer: NO_TRACER,
  };
  const told = { verdicts, events, metrics };
  return { self, engines, region, licenses, ...cluster, ...parts, ...told, connect, join, stop };
}

/** `data` of a `register` that is in order, whoever the license lets in. */
export function identity(peer_id: string, contacts: readonly string[] = []) {
  return { license_key: 'WR1-00000-00000-00000-00000-00000-00000', device_id: `${peer_id}-device`, peer_id, contacts };
}

/** The codes with which the clients' sockets were closed, in order. */
export function closeCodesOf(...sockets: readonly FakeSocket[]): (number | undefined)[] {
  return sockets.flatMap((socket) => socket.closeCodes);
}

function clusterParts(engines: Engines, self: NodeId) {
  const { bus, registry, routes: store, feed } = engines;
  const watch = new FailureDetector({ registry, self });
  const lease = { onLapsed: () => undefined, onUp: () => undefined };
  return {
    rpc: new NodeRpc({ bus, self }),
    watch,
    routes: new RouteKeeper({ routes: store, feed, lease, self }),
    presence: new PresenceView({ feed, routes: store, registry, nodes: watch }),
    directory: new Directory({ routes: store, registry, nodes: watch, self }),
  };
}
