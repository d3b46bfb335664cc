import { Module } from '@nestjs/common';
import {
  NodeRpc,
  Directory,
  NodeLease,
  nodeIdIn,
  FailureDetector,
  openEngines,
  openRegions,
  PresenceView,
  RouteKeeper,
  type Engines,
  type RouteRenewal,
} from '@white-rabbit/cluster';
import type { NodeId } from '@white-rabbit/signaling';
import { Config } from '../config/config.js';
import { Metrics } from '../telemetry/metrics/metrics.js';
import { EnginesToken, NodeIdToken } from './node-tokens.js';
import { Reachability } from './reachability.js';
import { newNodeId } from './node-id.js';

/** An envelope without a receipt by then is `undeliverable`: a client has its answer within 5 s, look-ups included. Ms. */
const ANSWER_MS = 2_800;

/** This node's part in the cluster: engines for the ports, and what keeps leases, routes and presence right. */
@Module({
  providers: [
    {
      provide: NodeIdToken,
      inject: [Config],
      useFactory: ({ settings, otherRegions }: Config) =>
        otherRegions.length === 0 ? newNodeId() : nodeIdIn(settings.WR_REGION, newNodeId()),
    },
    {
      provide: EnginesToken,
      inject: [Config, NodeIdToken],
      useFactory: ({ redis, otherRegions: others }: Config, node: NodeId) =>
        redis === undefined || others.length === 0
          ? openEngines({ node, ...(redis && { redis }) })
          : openRegions({ node, redis, others }),
    },
    {
      provide: NodeRpc,
      inject: [EnginesToken, NodeIdToken, Metrics],
      useFactory: ({ bus }: Engines, self: NodeId, { busLag }: Metrics) => {
        const onLag = (lagMs: number) => {
          busLag.note(lagMs);
        };
        return new NodeRpc({ bus, self, answerMs: ANSWER_MS, onLag });
      },
    },
    {
      provide: NodeLease,
      inject: [EnginesToken, NodeIdToken, Metrics],
      useFactory: (engines: Engines, self: NodeId, { leaseRenewals }: Metrics) => {
        const { registry, bus } = engines;
        return new NodeLease({
          registry,
          bus,
          self,
          resetSubscriber: () => {
            engines.resetSubscriber();
          },
          onRenewal: (outcome) => {
            leaseRenewals.count(outcome);
          },
        });
      },
    },
    {
      provide: Reachability,
      inject: [EnginesToken, NodeLease],
      useFactory: (engines: Engines, lease: NodeLease) => new Reachability(engines, lease),
    },
    {
      provide: FailureDetector,
      inject: [EnginesToken, NodeIdToken],
      useFactory: ({ registry }: Engines, self: NodeId) => new FailureDetector({ registry, self }),
    },
    {
      provide: RouteKeeper,
      inject: [EnginesToken, NodeLease, NodeIdToken, Metrics],
      useFactory: ({ routes, feed }: Engines, lease: NodeLease, self: NodeId, metrics: Metrics) => {
        const onRenewal = ({ kept, lost, failed }: RouteRenewal) => {
          metrics.routeRenewals.add(kept, 'kept');
          metrics.routeRenewals.add(failed, 'failed');
          metrics.claimsLost.add(lost);
        };
        return new RouteKeeper({ routes, feed, lease, self, onRenewal });
      },
    },
    {
      provide: PresenceView,
      inject: [EnginesToken, FailureDetector],
      useFactory: ({ feed, routes, registry }: Engines, nodes: FailureDetector) =>
        new PresenceView({ feed, routes, registry, nodes }),
    },
    {
      provide: Directory,
      inject: [EnginesToken, FailureDetector, NodeIdToken],
      useFactory: ({ routes, registry }: Engines, nodes: FailureDetector, self: NodeId) =>
        new Directory({ routes, registry, nodes, self }),
    },
  ],
  exports: [
    NodeIdToken,
    EnginesToken,
    NodeRpc,
    NodeLease,
    Reachability,
    FailureDetector,
    RouteKeeper,
    PresenceView,
    Directory,
  ],
})
export class NodeModule {}
