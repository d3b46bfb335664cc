import type { CloseCode } from '@white-rabbit/protocol';
import {
  NOT_IN_WHEEL,
  type FloodGate,
  type Outlet,
  type Session,
  type TokenBucket,
  type WheelEntry,
} from '@white-rabbit/signaling';
import type { RawData, WebSocket } from 'ws';
import type { Aging } from './age-limit.js';
import { FrameSocket } from './frame-socket.js';
import { Inbox, type Incoming } from './inbox.js';

/** What a connection needs of the gateway around it; one object for all connections. */
export interface ConnectionHost {
  /** What may wait for a client that does not read. Bytes. */
  readonly maxBufferedBytes: number;
  /** Handles one frame. A promise only where it has to wait; it never rejects. */
  handle(connection: Connection, incoming: Incoming): Promise<void> | undefined;
  /** The connection has become a session. Called once. */
  registered(connection: Connection): void;
  /** The connection takes and gives nothing any more. Called once, before the socket has said good-bye. */
  ended(connection: Connection, by: CloseCode | 'client'): void;
  /** A client does not read. Called before `ended`. */
  tooSlow(connection: Connection): void;
}

/**
 * One open WebSocket, nameless until it registers. Made small: there are tens of thousands of them, idle. What only a
 * busy one needs is made when it is busy.
 */
export class Connection implements Outlet, WheelEntry, Aging {
  /** Monotonic ms of the last frame, of any kind. */
  lastHeardMs = performance.now();
  silenceToldMs = NaN;
  wheelSlot = NOT_IN_WHEEL;
  wheelIndex = 0;
  dueStep = 0;
  /** A `register` came: it is no longer a stranger that sits there in silence. */
  hasSpoken = false;
  isOpen = true;
  eventBucket: TokenBucket | undefined;
  signalBucket: TokenBucket | undefined;
  floodGate: FloodGate | undefined;
  readonly #socket: FrameSocket;
  readonly #host: ConnectionHost;
  #inbox: Inbox | undefined;
  #session: Session | undefined;

  constructor(socket: FrameSocket, host: ConnectionHost) {
    this.#socket = socket;
    this.#host = host;
    socket.connection = this;
    socket.on('message', onMessage);
    socket.on('ping', onPing);
    socket.on('close', onClose);
    socket.on('error', onError);
  }

  /** What it became by a successful `register`. */
  get session(): Session | undefined {
    return this.#session;
  }

  get isInCall(): boolean {
    return (this.#session?.calls?.size ?? 0) > 0;
  }

  /** It has registered: from now on it is this session. */
  become(session: Session): void {
    this.#session = session;
    this.#host.registered(this);
  }

  /** Gives the socket one frame. Nothing once the connection has ended. */
  send(frame: string): void {
    if (!this.isOpen) return;
    this.#socket.send(frame);
    if (this.#socket.bufferedAmount > this.#host.maxBufferedBytes) this.#host.tooSlow(this);
  }

  /** Ends the connection for good: it is forgotten before the other side has answered. */
  close(code: CloseCode, reason = ''): void {
    if (!this.#end(code)) return;
    this.#socket.close(code, reason);
  }

  hear(incoming: Incoming): void {
    if (!this.isOpen) return;
    this.lastHeardMs = performance.now();
    if (this.#inbox !== undefined) {
      this.#inbox.push(incoming);
      return;
    }
    const pending = this.#host.handle(this, incoming);
    if (pending === undefined) return;
    this.#inbox = new Inbox(this.#socket, (next) => this.#handleIfOpen(next), pending);
  }

  closedBySocket(): void {
    this.#end('client');
  }

  #handleIfOpen(incoming: Incoming): Promise<void> | undefined {
    return this.isOpen ? this.#host.handle(this, incoming) : undefined;
  }

  #end(by: CloseCode | 'client'): boolean {
    if (!this.isOpen) return false;
    this.isOpen = false;
    this.#inbox?.clear();
    this.#host.ended(this, by);
    return true;
  }
}

// One set of listeners for all sockets.

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  connectionOf(this)?.hear({ data, isBinary });
}

function onPing(this: WebSocket): void {
  const connection = connectionOf(this);
  if (connection !== undefined) connection.lastHeardMs = performance.now();
}

function onClose(this: WebSocket): void {
  connectionOf(this)?.closedBySocket();
}

function onError(): void {
  // ws closes the socket itself, with the code that fits (1009 for a frame over 64 KiB); `close` follows.
}

function connectionOf(socket: WebSocket): Connection | undefined {
  return socket instanceof FrameSocket ? socket.connection : undefined;
}
