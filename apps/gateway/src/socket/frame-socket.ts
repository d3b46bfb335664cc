import { WebSocket } from 'ws';
import type { Connection } from './connection.js';

/** A WebSocket that knows its connection, so that one set of listeners serves all sockets: no closures for each. */
export class FrameSocket extends WebSocket {
  connection: Connection | undefined;
}
