import { WebSocket } from 'ws';
import type { Connection } from './connection.js';
import type { Source } from './source.js';

/** A WebSocket that knows its connection, so that one set of listeners serves all sockets: no closures for each. */
export class FrameSocket extends WebSocket {
  connection: Connection | undefined;
  /** The source that it counts for, until it has registered. */
  source: Source | undefined;
}
