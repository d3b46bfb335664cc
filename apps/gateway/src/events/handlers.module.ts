import { Module } from '@nestjs/common';
import { NodeRpc, Directory, FailureDetector, PresenceView, RouteKeeper, type Engines } from '@white-rabbit/cluster';
import { LicenseRepository } from '@white-rabbit/license';
import { Calls, Contacts, Hub, PendingSessions, SessionRegistry, type NodeId } from '@white-rabbit/signaling';
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
import { RpcCallTransport } from './rpc-call-transport.js';
import { CallHandler } from './call-handler.js';
import { ContactsHandler } from './contacts-handler.js';
import { Dispatcher } from './dispatcher.js';
import { NodeMessages, tellDisplaced } from './node-messages.js';
import { PeerQuota, type SharedCount } from './limits/peer-quota.js';
import { RateLimits } from './limits/rate-limits.js';
import { RefusalLimits } from './limits/refusal-limits.js';
import { RegisterHandler } from './register-handler.js';
import { SignalHandler } from './signal-handler.js';

const domain = [
  { provide: IceServerProvider, inject: [Config], useFactory: ({ turn }: Config) => new IceServerProvider(turn) },
  { provide: Hub, useFactory: () => new Hub() },
  { provide: PendingSessions, useFactory: () => new PendingSessions() },
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
      PendingSessions,
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
      pending: PendingSessions,
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
        claiming: (session) => pending.claiming(session),
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

const sessions = [
  {
    provide: SessionRegistry,
    inject: [Hub, Contacts, Calls, RouteKeeper, PendingSessions, NodeRpc],
    useFactory: (
      hub: Hub,
      contacts: Contacts,
      calls: Calls,
      routes: RouteKeeper,
      pending: PendingSessions,
      rpc: NodeRpc,
    ) =>
      new SessionRegistry({
        hub,
        contacts,
        calls,
        routes,
        pending,
        notifyDisplaced: (node, session) => {
          tellDisplaced(rpc, node, session);
        },
      }),
  },
  {
    provide: NodeMessages,
    inject: [NodeRpc, Calls, SessionRegistry],
    useFactory: (rpc: NodeRpc, calls: Calls, registry: SessionRegistry) => new NodeMessages(rpc, calls, registry),
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
    inject: [
      LicenseRepository,
      EnginesToken,
      SessionRegistry,
      RateLimits,
      Reachability,
      Metrics,
      RegistrationMetrics,
      Config,
    ],
    useFactory: (
      licenses: LicenseRepository,
      { redis }: Engines,
      registry: SessionRegistry,
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
        registry,
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
  providers: [...domain, ...sessions, ...handlers],
  exports: [Hub, Calls, Contacts, SessionRegistry, NodeMessages, RateLimits, Dispatcher, RegistrationMetrics],
})
export class HandlersModule {}
