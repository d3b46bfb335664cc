import { Global, Module } from '@nestjs/common';
import { ClusterNode, openClusterNode } from '@white-rabbit/cluster';
import { ClusterConfig } from '../config/slices.js';
import { Metrics } from '../telemetry/metrics/metrics.js';

/** This gateway as a node of the cluster. */
@Global()
@Module({
  providers: [
    {
      provide: ClusterNode,
      inject: [ClusterConfig, Metrics],
      useFactory: ({ region, redis, otherRegions }: ClusterConfig, metrics: Metrics) =>
        openClusterNode({
          region,
          redis,
          otherRegions,
          onLag: (lagMs) => {
            metrics.busLag.note(lagMs);
          },
          onRenewal: (outcome) => {
            metrics.leaseRenewals.count(outcome);
          },
          onRouteRenewal: ({ kept, lost, failed }) => {
            metrics.routeRenewals.add(kept, 'kept');
            metrics.routeRenewals.add(failed, 'failed');
            metrics.claimsLost.add(lost);
          },
        }),
    },
  ],
  exports: [ClusterNode],
})
export class ClusterModule {}
