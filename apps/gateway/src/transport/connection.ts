import { CLOSE_CODES, type CloseCode } from '@white-rabbit/protocol';
import {
  NOT_IN_WHEEL,
  type FloodGate,
  type FrameSink,
  type Rate,
  type Session,
  type TokenBucket,
  type WheelEntry,
} from '@white-rabbit/signaling';
import type { RawData, WebSocket } from 'ws';
import type { Aging } from './age-limit.js';
import type { EndedBy } from '../telemetry/metrics/client-metrics.js';
import { FrameSocket } from './frame-socket.js';
import { Inbox, type InboxOwner, type Incoming } from './inbox.js';
import type { Source } from './source.js';

/** Codes that no server sends: the other side vanished; it broke the rules of WebSocket. */
const GONE_WITHOUT_CLOSE = 1006;
const BROKEN_FRAME = 1002;
/** How ws names a frame over the limit. */
const TOO_LARGE = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';

/** Frames are given to ws as bytes, so that it counts what waits in bytes; it counts a string by its UTF-16 code units. */
const AS_TEXT = { binary: false };

/** Port: what a connection needs of the gateway around it; one object for all connections. */
export abstract class ConnectionEvents {
  /** What may wait for a client that does not read, beyond one frame. Bytes. */
  abstract readonly maxBufferedBytes: number;
  /** Frames that may arrive while others of their connection wait. */
  abstract readonly arrivals: Rate;
  /** Charges a frame for its bytes before anything else is done with it. 0, or the ms until there is room for it. */
  abstract charge(connection: Connection, incoming: Incoming): number;
  /** Answers a frame that is beyond a limit and is dropped unread. */
  abstract refuse(connection: Connection, incoming: Incoming, waitMs: number): void;
  /** Handles one frame. A promise only where it has to wait; it never rejects. */
  abstract handle(connection: Connection, incoming: Incoming): Promise<void> | undefined;
  /** The connection has become a session. Called once. */
  abstract registered(connection: Connection): void;
  /** The connection takes and gives nothing any more. Called once, before the socket has said good-bye. */
  abstract ended(connection: Connection, by: EndedBy): void;
  /** The socket is gone, and its descriptor with it. Called once, after `ended`. */
  abstract gone(connection: Connection): void;
  /** Whether a ping or a pong is within the limits. Closes a connection that floods. */
  abstract allowsControlFrame(connection: Connection): boolean;
  /** So many bytes wait for the client, after one more frame. Not called where nothing waits. */
  abstract backedUp(connection: Connection, bytes: number): void;
  /** A client does not read. Called before `ended`. */
  abstract tooSlow(connection: Connection): void;
}

/**
 * One open WebSocket, nameless until it registers. Made small: there are tens of thousands of them, idle. What only a
 * busy one needs is made when it is busy.
 */
export class Connection implements FrameSink, WheelEntry, Aging, InboxOwner {
  /** Monotonic ms of the last frame, of any kind. */
  lastHeardMs = performance.now();
  silenceToldMs = NaN;
  wheelSlot = NOT_IN_WHEEL;
  wheelIndex = 0;
  dueStep = 0;
  /** A `register` has come, so that the connection does not count as silent. */
  isRegistering = false;
  isOpen = true;
  byteBucket: TokenBucket | undefined;
  contactBucket: TokenBucket | undefined;
  eventBucket: TokenBucket | undefined;
  signalBucket: TokenBucket | undefined;
  controlBucket: TokenBucket | undefined;
  floodGate: FloodGate | undefined;
  readonly #socket: FrameSocket;
  readonly #host: ConnectionEvents;
  #inbox: Inbox | undefined;
  #session: Session | undefined;

  constructor(socket: FrameSocket, host: ConnectionEvents) {
    this.#socket = socket;
    this.#host = host;
    socket.connection = this;
    if (socket.source !== undefined) socket.source.unregistered += 1;
    socket.on('message', onMessage);
    socket.on('ping', onPing);
    socket.on('pong', onPong);
    socket.on('close', onClose);
    socket.on('error', onError);
  }

  /** What it became by a successful `register`. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** The source that it counts for, until it has registered. `undefined` also if sources are not limited or not known. */
  get source(): Source | undefined {
    return this.#socket.source;
  }

  /** It no longer counts for its source. */
  leaveSource(): void {
    if (this.#socket.source === undefined) return;
    this.#socket.source.unregistered -= 1;
    this.#socket.source = undefined;
  }

  get isInCall(): boolean {
    return (this.#session?.calls?.size ?? 0) > 0;
  }

  /** It has registered: from now on it is this session. */
  become(session: Session): void {
    this.#session = session;
    this.#host.registered(this);
  }

  /** Gives the socket one frame. `false`: it did not take it, because the connection has ended, or ends with this. */
  send(frame: string): boolean {
    const bytes = Buffer.from(frame);
    if (!this.#takes(bytes)) return false;
    this.#socket.send(bytes, AS_TEXT);
    this.#noteWaiting();
    return true;
  }

  /** Ends the connection for good: it is forgotten before the other side has answered. */
  close(code: CloseCode, reason = ''): void {
    if (!this.#end(code)) return;
    this.#socket.close(code, reason);
  }

  /** Cuts the socket without a word, and drops what waits for its client. */
  cut(): void {
    this.#socket.terminate();
  }

  hear(data: RawData, isBinary: boolean): void {
    if (!this.isOpen) return;
    this.lastHeardMs = performance.now();
    const incoming = { data, isBinary, atMs: this.lastHeardMs };
    const waitMs = this.#host.charge(this, incoming) || (this.#inbox?.take(incoming.atMs) ?? 0);
    if (waitMs > 0) this.#host.refuse(this, incoming, waitMs);
    else if (this.#inbox !== undefined) this.#inbox.push(incoming);
    else this.#handleFirst(incoming);
  }

  /** A ping, whose payload is given; or a pong, which a client may send unasked (RFC 6455, section 5.5.3). Each is a sign of life. */
  hearControlFrame(ping?: Buffer): void {
    if (!this.isOpen) return;
    this.lastHeardMs = performance.now();
    if (!this.#host.allowsControlFrame(this) || ping === undefined) return;
    // A copy: what waits must not keep all that was read together with it.
    if (!this.#takes(ping)) return;
    this.#socket.pong(Buffer.from(ping));
    this.#noteWaiting();
  }

  /** The client's Close frame came in. */
  left(): void {
    this.#end('client');
  }

  /** The client is gone, or will send nothing more, without a Close frame. */
  vanished(): void {
    this.#end(GONE_WITHOUT_CLOSE);
  }

  /** The socket is gone. `code` is the close frame's, or 1006 where none came. */
  closedBySocket(code: number): void {
    this.#end(code === GONE_WITHOUT_CLOSE ? GONE_WITHOUT_CLOSE : 'client');
    this.#host.gone(this);
  }

  /** The client broke a rule of WebSocket. ws tells it so and closes; there is nothing more to hear. */
  broken(isTooLarge: boolean): void {
    this.#end(isTooLarge ? CLOSE_CODES.frameTooLarge : BROKEN_FRAME);
  }

  /** Frames that wait behind the one being handled. */
  get waitingFrames(): number {
    return this.#inbox?.size ?? 0;
  }

  /** Bytes that wait for the client to read them. */
  get outgoingBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Whether the socket takes so much more. A client for which too much waits is closed. */
  #takes({ length }: Buffer): boolean {
    // ws drops what it is given when the network has failed; the `close` that ends the connection follows.
    if (!this.isOpen || this.#socket.readyState !== FrameSocket.OPEN) return false;
    const { bufferedAmount } = this.#socket;
    if (bufferedAmount === 0 || bufferedAmount + length <= this.#host.maxBufferedBytes) return true;
    this.#host.tooSlow(this);
    return false;
  }

  #noteWaiting(): void {
    const { bufferedAmount } = this.#socket;
    if (bufferedAmount > 0) this.#host.backedUp(this, bufferedAmount);
  }

  /** For the inbox: what may arrive while frames wait. */
  get arrivals(): Rate {
    return this.#host.arrivals;
  }

  /** For the inbox: the turn of a frame that has waited. */
  handle(incoming: Incoming): Promise<void> | undefined {
    return this.isOpen ? this.#host.handle(this, incoming) : undefined;
  }

  /** For the inbox: nothing waits any more. */
  emptied(): void {
    this.#inbox = undefined;
  }

  #handleFirst(incoming: Incoming): void {
    const pending = this.#host.handle(this, incoming);
    if (pending !== undefined) this.#inbox = new Inbox(this.#socket, this, pending);
  }

  #end(by: EndedBy): boolean {
    if (!this.isOpen) return false;
    this.isOpen = false;
    this.#inbox?.clear();
    this.#host.ended(this, by);
    return true;
  }
}

// One set of listeners for all sockets.

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  connectionOf(this)?.hear(data, isBinary);
}

function onPing(this: WebSocket, payload: Buffer): void {
  connectionOf(this)?.hearControlFrame(payload);
}

function onPong(this: WebSocket): void {
  connectionOf(this)?.hearControlFrame();
}

function onClose(this: WebSocket, code: number): void {
  connectionOf(this)?.closedBySocket(code);
}

function onError(this: WebSocket, { code }: NodeJS.ErrnoException): void {
  // ws closes the socket itself, with the code that fits; `close` follows. Others than its own are of the network.
  if (code?.startsWith('WS_ERR_') === true) connectionOf(this)?.broken(code === TOO_LARGE);
}

function connectionOf(socket: WebSocket): Connection | undefined {
  return socket instanceof FrameSocket && socket.connection instanceof Connection ? socket.connection : undefined;
}
