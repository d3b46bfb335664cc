import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { ClientGauges } from './client-gauges.js';
import { ClusterGauges } from './cluster-gauges.js';
import { HealthController } from './health.controller.js';
import { Health } from './health.js';
import { MetricsController } from '../telemetry/metrics/metrics.controller.js';
import { GatewayNode } from './gateway-node.js';
import { Housekeeping } from './housekeeping.js';
import { PublicServer } from './public-server.js';

/** Starts and stops the gateway, and shows its state on the admin port. */
@Module({
  imports: [EventsModule],
  controllers: [HealthController, MetricsController],
  providers: [Health, ClientGauges, ClusterGauges, Housekeeping, PublicServer, GatewayNode],
})
export class LifecycleModule {}
