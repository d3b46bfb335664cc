import { Module } from '@nestjs/common';
import { NodeRpc, Directory, FailureDetector, PresenceView, RouteKeeper, type Engines } from '@white-rabbit/cluster';
import { LicenseRepository } from '@white-rabbit/license';
import { Calls, Contacts, Hub, type NodeId } from '@white-rabbit/signaling';
import { Config } from '../config/config.js';
import { limitKey } from '../config/limit-key.js';
import type { SettingValues } from '../config/settings.js';
import { EnginesToken, NodeIdToken } from '../lifecycle/node-tokens.js';
import { NodeModule } from '../lifecycle/node.module.js';
import { Reachability } from '../lifecycle/reachability.js';
import { HandoverSample } from '../telemetry/metrics/handover-sample.js';
import { Metrics } from '../telemetry/metrics/metrics.js';
import { RegistrationMetrics } from '../telemetry/metrics/registration-metrics.js';
import { Tracer } from '../telemetry/tracing/tracer.js';
import { IceServerProvider } from '../turn/ice-server-provider.js';
import { Arrivals } from '../sessions/arrivals.js';
import { ArrivingSessions } from '../sessions/arriving-sessions.js';
import { RpcCallTransport } from './rpc-call-transport.js';
import { CallHandler } from './call-handler.js';
import { ContactsHandler } from './contacts-handler.js';
import { Departures } from '../sessions/departures.js';
import { Dispatcher } from './dispatcher.js';
import { LicenseExpiry } from '../sessions/license-expiry.js';
import { NodeMessages, tellDisplaced } from './node-messages.js';
import { PeerQuota, type SharedCount } from './limits/peer-quota.js';
import { RateLimits } from './limits/rate-limits.js';
import { RefusalLimits } from './limits/refusal-limits.js';
import { RegisterHandler } from './register-handler.js';
import { SignalHandler } from './signal-handler.js';

const domain = [
  { provide: IceServerProvider, inject: [Config], useFactory: ({ turn }: Config) => new IceServerProvider(turn) },
  { provide: Hub, useFactory: () => new Hub() },
  { provide: ArrivingSessions, useFactory: () => new ArrivingSessions() },
  {
    provide: Contacts,
    inject: [PresenceView, Config],
    useFactory: (presence: PresenceView, { settings }: Config) => new Contacts(presence, settings.WR_MAX_CONTACTS),
  },
  {
    provide: Calls,
    inject: [
      NodeIdToken,
      Hub,
      NodeRpc,
      Reachability,
      FailureDetector,
      ArrivingSessions,
      Metrics,
      IceServerProvider,
      Config,
    ],
    useFactory: (
      self: NodeId,
      hub: Hub,
      rpc: NodeRpc,
      { isReachable }: Reachability,
      nodes: FailureDetector,
      arriving: ArrivingSessions,
      metrics: Metrics,
      iceServers: IceServerProvider,
      { settings }: Config,
    ) =>
      new Calls({
        self,
        hub,
        transport: new RpcCallTransport(rpc, isReachable, (outcome) => {
          metrics.asks.count(outcome);
        }),
        limits: { calls: settings.WR_MAX_CALLS, ringMs: settings.WR_RING_TIMEOUT_SECONDS },
        now: () => performance.now(),
        iceServers: () => iceServers.servers(),
        claiming: (session) => arriving.claiming(session),
        onTalk: (node, change) => {
          if (change === 1) nodes.watch(node);
          else nodes.unwatch(node);
        },
        onEnd: (reason, role) => {
          if (role === 'caller') metrics.callEnds.count(reason);
        },
      }),
  },
];

const lives = [
  { provide: LicenseExpiry, useFactory: () => new LicenseExpiry() },
  {
    provide: Departures,
    inject: [Hub, Calls, Contacts, RouteKeeper, LicenseExpiry],
    useFactory: (hub: Hub, calls: Calls, contacts: Contacts, routes: RouteKeeper, expiry: LicenseExpiry) =>
      new Departures(hub, calls, contacts, routes, expiry),
  },
  {
    provide: Arrivals,
    inject: [ArrivingSessions, RouteKeeper, Hub, Contacts, Departures, LicenseExpiry, NodeRpc],
    useFactory: (
      arriving: ArrivingSessions,
      routes: RouteKeeper,
      hub: Hub,
      contacts: Contacts,
      departures: Departures,
      expiry: LicenseExpiry,
      rpc: NodeRpc,
    ) =>
      new Arrivals(arriving, routes, hub, contacts, departures, expiry, (node, session) => {
        tellDisplaced(rpc, node, session);
      }),
  },
  {
    provide: NodeMessages,
    inject: [NodeRpc, Calls, Arrivals],
    useFactory: (rpc: NodeRpc, calls: Calls, arrivals: Arrivals) => new NodeMessages(rpc, calls, arrivals),
  },
];

const handlers = [
  {
    provide: RegistrationMetrics,
    inject: [Metrics, Tracer],
    useFactory: (metrics: Metrics, tracer: Tracer) => new RegistrationMetrics(metrics.registerTimes, tracer),
  },
  {
    provide: RateLimits,
    inject: [Config, Metrics],
    useFactory: ({ settings }: Config, metrics: Metrics) => new RateLimits(settings, metrics.limited),
  },
  {
    provide: RegisterHandler,
    inject: [LicenseRepository, EnginesToken, Arrivals, RateLimits, Reachability, Metrics, RegistrationMetrics, Config],
    useFactory: (
      licenses: LicenseRepository,
      { redis }: Engines,
      arrivals: Arrivals,
      limits: RateLimits,
      { isReachable }: Reachability,
      metrics: Metrics,
      registers: RegistrationMetrics,
      { settings }: Config,
    ) =>
      new RegisterHandler(
        licenses,
        new RefusalLimits(settings),
        new PeerQuota('register', settings.WR_REGISTERS_PER_MINUTE, sharedCount(redis, settings)),
        arrivals,
        {
          heartbeat_interval: settings.WR_HEARTBEAT_INTERVAL_SECONDS / 1000,
          heartbeat_timeout: settings.WR_HEARTBEAT_TIMEOUT_SECONDS / 1000,
          region: settings.WR_REGION,
        },
        limits,
        settings.WR_MAX_CONTACTS,
        isReachable,
        (verdict) => {
          metrics.registers.count(verdict);
        },
        () => registers.begin(),
      ),
  },
  {
    provide: CallHandler,
    inject: [
      Calls,
      Hub,
      Directory,
      EnginesToken,
      RateLimits,
      NodeIdToken,
      Reachability,
      IceServerProvider,
      Tracer,
      Config,
    ],
    useFactory: (
      calls: Calls,
      hub: Hub,
      directory: Directory,
      { redis }: Engines,
      limits: RateLimits,
      node: NodeId,
      { isReachable }: Reachability,
      iceServers: IceServerProvider,
      tracer: Tracer,
      { settings }: Config,
    ) =>
      new CallHandler(
        calls,
        hub,
        directory,
        new PeerQuota('call', settings.WR_CALLS_PER_MINUTE, sharedCount(redis, settings)),
        limits,
        node,
        isReachable,
        iceServers,
        tracer,
      ),
  },
  {
    provide: Dispatcher,
    inject: [RateLimits, RegisterHandler, Contacts, CallHandler, Calls, Metrics, Config],
    useFactory: (
      limits: RateLimits,
      register: RegisterHandler,
      contacts: Contacts,
      callHandler: CallHandler,
      calls: Calls,
      metrics: Metrics,
      { settings }: Config,
    ) =>
      new Dispatcher(
        limits,
        register,
        new ContactsHandler(contacts, limits, settings.WR_MAX_CONTACTS),
        callHandler,
        new SignalHandler(calls, new HandoverSample(metrics.handovers)),
        (event) => {
          metrics.events.count(event);
        },
      ),
  },
];

/** Where quotas are counted; `undefined` for a gateway alone. */
function sharedCount(redis: Engines['redis'], settings: SettingValues): SharedCount | undefined {
  const key = limitKey(settings);
  return redis && key && { redis, key };
}

/** What is done with frames, and the domain it is done to. */
@Module({
  imports: [NodeModule],
  providers: [...domain, ...lives, ...handlers],
  exports: [
    Hub,
    Calls,
    Contacts,
    Arrivals,
    Departures,
    LicenseExpiry,
    NodeMessages,
    RateLimits,
    Dispatcher,
    RegistrationMetrics,
  ],
})
export class HandlersModule {}
