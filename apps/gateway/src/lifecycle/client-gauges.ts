import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Calls, Hub } from '@white-rabbit/signaling';
import { Connections } from '../transport/connections.js';
import { Metrics } from '../telemetry/metrics/metrics.js';
import { RegistrationMetrics } from '../telemetry/metrics/registration-metrics.js';

/** The state that the gateway holds for its clients, read at each scrape. */
@Injectable()
export class ClientGauges implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly registrations: RegistrationMetrics,
    private readonly connections: Connections,
    private readonly hub: Hub,
    private readonly calls: Calls,
  ) {}

  onModuleInit(): void {
    const { metrics, registrations, connections, hub, calls } = this;
    metrics.gauge('wr_sessions', () => hub.size);
    metrics.gauge('wr_connections', () => connections.open);
    metrics.gauge('wr_connections_limit', () => connections.limit);
    metrics.gauge('wr_unregistered_connections', () => connections.unregistered);
    metrics.gauge('wr_registers_in_flight', () => registrations.inFlight);
    metrics.gauge('wr_inbox_frames', () => connections.waitingFrames);
    metrics.gauge('wr_outgoing_bytes', () => connections.outgoingBytes);
    metrics.gauge('wr_calls', () => calls.size);
    metrics.gauge('wr_call_ends_pending', () => calls.pendingEnds);
  }
}
