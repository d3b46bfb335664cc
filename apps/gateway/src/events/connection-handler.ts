import type { IncomingMessage } from 'node:http';
import { Inject } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import { encodeEvent, PROOF_SUBPROTOCOL } from '@white-rabbit/protocol';
import { SessionRegistry } from '@white-rabbit/signaling';
import type { EndedBy } from '../telemetry/metrics/client-metrics.js';
import { Challenges } from '../identity/challenges.js';
import { Metrics } from '../telemetry/metrics/metrics.js';
import { Connection, type ConnectionEvents } from '../transport/connection.js';
import { Connections } from '../transport/connections.js';
import type { FrameSocket } from '../transport/frame-socket.js';
import { Dispatcher } from './dispatcher.js';

/**
 * Turns each new socket from Nest into a connection of this node, and ends the session of a connection that has ended.
 */
@WebSocketGateway()
export class ConnectionHandler implements ConnectionEvents, OnGatewayConnection<FrameSocket> {
  constructor(
    readonly frames: Dispatcher,
    private readonly connections: Connections,
    private readonly sessions: SessionRegistry,
    private readonly challenges: Challenges,
    @Inject(Metrics) private readonly metrics: Pick<Metrics, 'closes'>,
  ) {}

  handleConnection(socket: FrameSocket, request: IncomingMessage): void {
    socket.watch(request.socket);
    const connection = new Connection(socket, this);
    this.connections.add(connection);
    if (socket.protocol === PROOF_SUBPROTOCOL) this.#challenge(connection, request);
  }

  #challenge(connection: Connection, request: IncomingMessage): void {
    const challenge = this.challenges.create(request);
    connection.challenge = challenge;
    connection.send(encodeEvent('challenge', { nonce: challenge.nonce }));
  }

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
