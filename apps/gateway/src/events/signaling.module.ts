import { Module } from '@nestjs/common';
import { ClusterNode } from '@white-rabbit/cluster';
import { Calls, Contacts, Hub, type NotifyDisplaced, PendingSessions, SessionRegistry } from '@white-rabbit/signaling';
import { CallsConfig, LimitsConfig, TurnConfig } from '../config/slices.js';
import { Metrics } from '../telemetry/metrics/metrics.js';
import { IceServerProvider } from '../turn/ice-server-provider.js';
import { RpcCallTransport } from './rpc-call-transport.js';

/** The domain: sessions, their contacts and their calls. Connects each to the parts of the cluster that it needs. */
@Module({
  providers: [
    Hub,
    PendingSessions,
    {
      provide: IceServerProvider,
      inject: [TurnConfig],
      useFactory: (turn: TurnConfig) => new IceServerProvider(turn),
    },
    {
      provide: Contacts,
      inject: [ClusterNode, LimitsConfig],
      useFactory: ({ presence }: ClusterNode, { maxContacts }: LimitsConfig) => {
        const contacts = new Contacts(presence, maxContacts);
        presence.onChange((contact) => {
          contacts.changed(contact);
        });
        return contacts;
      },
    },
    {
      provide: Calls,
      inject: [ClusterNode, Hub, PendingSessions, IceServerProvider, CallsConfig, Metrics],
      useFactory: (
        cluster: ClusterNode,
        hub: Hub,
        pending: PendingSessions,
        iceServers: IceServerProvider,
        limits: CallsConfig,
        metrics: Metrics,
      ) => callsOf(cluster, { hub, pending, iceServers, limits, metrics }),
    },
    {
      provide: SessionRegistry,
      inject: [ClusterNode, Hub, Contacts, Calls, PendingSessions],
      useFactory: (
        { routes, rpc }: ClusterNode,
        hub: Hub,
        contacts: Contacts,
        calls: Calls,
        pending: PendingSessions,
      ) => {
        // If the node does not receive this message, its next renewal of the route detects the takeover.
        const notifyDisplaced: NotifyDisplaced = async (node, session) => {
          await rpc.request(node, { kind: 'displaced', session });
        };
        const sessions = new SessionRegistry({ hub, contacts, calls, routes, pending, notifyDisplaced });
        routes.onDisplaced(({ node, session }) => {
          void notifyDisplaced(node, session);
        });
        routes.onLost(({ session }) => {
          sessions.displace(session);
        });
        return sessions;
      },
    },
  ],
  exports: [Hub, PendingSessions, Contacts, Calls, SessionRegistry],
})
export class SignalingModule {}

interface CallParts {
  readonly hub: Hub;
  readonly pending: PendingSessions;
  readonly iceServers: IceServerProvider;
  readonly limits: CallsConfig;
  readonly metrics: Metrics;
}

function callsOf(cluster: ClusterNode, { hub, pending, iceServers, limits, metrics }: CallParts): Calls {
  const { self, detector } = cluster;
  const calls = new Calls({
    self,
    hub,
    transport: new RpcCallTransport(cluster, (outcome) => {
      metrics.nodeRequests.count(outcome);
    }),
    limits,
    now: () => performance.now(),
    iceServers: () => iceServers.servers(),
    claiming: (session) => pending.claiming(session),
    onTalk: (node, change) => {
      if (change === 1) detector.watch(node);
      else detector.unwatch(node);
    },
    onEnd: (reason, role) => {
      if (role === 'caller') metrics.callEnds.count(reason);
    },
  });
  detector.onDead((node) => {
    calls.nodeDead(node);
  });
  detector.onRecovered((node) => {
    calls.nodeRecovered(node);
  });
  return calls;
}
