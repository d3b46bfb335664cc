import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Source } from './source.js';

/** What a socket tells its connection before ws does. */
export interface SocketListener {
  /** The client's Close frame came in. */
  left(): void;
  /** A FIN came in without a Close frame. */
  vanished(): void;
}

const FRAMES = Symbol('the WebSocket on this TCP or TLS connection');

/** What lies beneath a WebSocket. A property, because a closure or a WeakMap costs each idle connection more. */
type Wire = Socket & { [FRAMES]?: FrameSocket };

/**
 * A WebSocket that knows its connection, so that one set of listeners serves all sockets: no closures for each.
 *
 * When a client leaves, ws drops whatever it is given from then on, but emits `close` only once the TCP connection is gone,
 * which the client can put off. Here the connection is told at once.
 */
export class FrameSocket extends WebSocket {
  connection: SocketListener | undefined;
  /** The source that it counts for, until it has registered. */
  source: Source | undefined;

  /** Sees a FIN that comes without a Close frame. `wire` is the connection of the upgrade request. */
  watch(wire: Wire): void {
    wire[FRAMES] = this;
    wire.on('end', onEnd);
  }

  /**
   * ws calls this as well: for a Close frame that came in, with its code, if there is one, and its reason as bytes; and
   * for a broken frame with a code alone, before it emits `error`.
   */
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code, reason);
    if (code === undefined || Buffer.isBuffer(reason)) this.connection?.left();
  }
}

function onEnd(this: Wire): void {
  this[FRAMES]?.connection?.vanished();
}
