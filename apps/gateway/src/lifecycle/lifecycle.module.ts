import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { AdminController } from './admin.controller.js';
import { ClientGauges, ClusterGauges } from './gauges.js';
import { GatewayNode } from './gateway-node.js';
import { Health } from './health.js';
import { Housekeeping } from './housekeeping.js';
import { PublicServer } from './public-server.js';

/** Starts and stops the gateway, and shows its state on the admin port. */
@Module({
  imports: [EventsModule],
  controllers: [AdminController],
  providers: [Health, ClientGauges, ClusterGauges, Housekeeping, PublicServer, GatewayNode],
})
export class LifecycleModule {}
