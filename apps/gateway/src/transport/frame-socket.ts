import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Source } from './source.js';

/** The events that a socket passes to its connection before ws reports them. */
export interface SocketListener {
  /** The client's Close frame has arrived. */
  left(): void;
  /** A FIN has arrived without a Close frame. */
  vanished(): void;
}

const FRAMES = Symbol('the WebSocket on this TCP or TLS connection');

/**
 * The TCP or TLS socket below a WebSocket. A property, because a closure or a WeakMap costs each idle connection more
 * memory.
 */
type Wire = Socket & { [FRAMES]?: FrameSocket };

/**
 * A WebSocket with a reference to its connection, so that one set of listeners serves all sockets without closures
 * for each.
 *
 * When a client leaves, ws drops all further output but emits `close` only when the TCP connection is gone, which the
 * client can delay. This class notifies the connection at once.
 */
export class FrameSocket extends WebSocket {
  connection: SocketListener | undefined;
  /** The source that the socket counts for, until its connection has registered. */
  source: Source | undefined;

  /** Detects a FIN without a Close frame. `wire` is the connection of the upgrade request. */
  watch(wire: Wire): void {
    wire[FRAMES] = this;
    wire.on('end', onEnd);
  }

  /**
   * ws calls this too: for a Close frame that has arrived, with its code, if there is one, and its reason as bytes;
   * and for a malformed frame with a code only, before it emits `error`.
   */
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code, reason);
    if (code === undefined || Buffer.isBuffer(reason)) this.connection?.left();
  }
}

function onEnd(this: Wire): void {
  this[FRAMES]?.connection?.vanished();
}
