import { Inject, Injectable } from '@nestjs/common';
import { SessionRegistry } from '@white-rabbit/signaling';
import type { EndedBy } from '../telemetry/metrics/client-metrics.js';
import { Metrics } from '../telemetry/metrics/metrics.js';
import type { Connection, ConnectionEvents } from '../transport/connection.js';
import { Connections } from '../transport/connections.js';
import { Dispatcher } from './dispatcher.js';

/** Keeps the connections of this node, and ends the session of a connection that has ended. */
@Injectable()
export class ConnectionHandler implements ConnectionEvents {
  constructor(
    readonly frames: Dispatcher,
    private readonly connections: Connections,
    private readonly sessions: SessionRegistry,
    @Inject(Metrics) private readonly metrics: Pick<Metrics, 'closes'>,
  ) {}

  get maxBufferedBytes(): number {
    return this.connections.maxBufferedBytes;
  }

  registered(connection: Connection): void {
    this.connections.settle(connection);
  }

  ended(connection: Connection, by: EndedBy): void {
    this.metrics.closes.count(by);
    this.connections.remove(connection);
    if (connection.session !== undefined) this.sessions.closed(connection.session);
  }

  gone(connection: Connection): void {
    this.connections.forget(connection);
  }

  backedUp(connection: Connection, bytes: number): void {
    this.connections.noteBuffered(connection, bytes);
  }

  tooSlow(connection: Connection): void {
    this.connections.closeSlow(connection, 'connection');
  }
}
