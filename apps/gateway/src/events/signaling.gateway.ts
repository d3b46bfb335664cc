import type { IncomingMessage } from 'node:http';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import { Connection } from '../transport/connection.js';
import { Connections } from '../transport/connections.js';
import type { FrameSocket } from '../transport/frame-socket.js';
import { ConnectionHandler } from './connection-handler.js';

/** Receives each new socket from Nest and turns it into a connection with its own inbox. */
@WebSocketGateway()
export class SignalingGateway implements OnGatewayConnection<FrameSocket> {
  constructor(
    private readonly handler: ConnectionHandler,
    private readonly connections: Connections,
  ) {}

  handleConnection(socket: FrameSocket, request: IncomingMessage): void {
    socket.watch(request.socket);
    this.connections.add(new Connection(socket, this.handler));
  }
}
