import type { IncomingMessage } from 'node:http';
import { Inject } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import { Connection } from './connection.js';
import { Connections } from './connections.js';
import { ConnectionHandler } from './connection-handler.js';
import { FrameSocket } from './frame-socket.js';

/** Where Nest hands over each new socket; from there on it is a connection with an inbox of its own. */
@WebSocketGateway()
export class SignalingGateway implements OnGatewayConnection<FrameSocket> {
  constructor(
    @Inject(ConnectionHandler) private readonly host: ConnectionHandler,
    @Inject(Connections) private readonly connections: Connections,
  ) {}

  handleConnection(socket: FrameSocket, request: IncomingMessage): void {
    socket.watch(request.socket);
    this.connections.add(new Connection(socket, this.host));
  }
}
