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

/** Close codes that no server sends: the client vanished; the client violated the WebSocket protocol. */
const GONE_WITHOUT_CLOSE = 1006;
const BROKEN_FRAME = 1002;
/** The error code of ws for a frame over the size limit. */
const TOO_LARGE = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';

/**
 * Frames are passed to ws as bytes, so that ws counts the waiting data in bytes; it counts a string in UTF-16 code
 * units.
 */
const AS_TEXT = { binary: false };

/** Port: handles the frames of all connections. */
export abstract class FrameHandler {
  /** Frames that may arrive while other frames of the connection wait. */
  abstract readonly arrivals: Rate;
  /** Charges a frame for its bytes before it is decoded. Returns 0, or the ms until there is capacity for them. */
  abstract charge(connection: Connection, incoming: Incoming): number;
  /** Answers a frame that exceeds a limit and is dropped without being decoded. */
  abstract refuse(connection: Connection, incoming: Incoming, waitMs: number): void;
  /** Handles one frame. Returns a promise only if the frame has to wait; the promise never rejects. */
  abstract handle(connection: Connection, incoming: Incoming): Promise<void> | undefined;
  /** Whether a ping or a pong is within the limits. Closes a connection that floods. */
  abstract allowsControlFrame(connection: Connection): boolean;
}

/** Port: the parts of the gateway that a connection needs; one object for all connections. */
export abstract class ConnectionEvents {
  abstract readonly frames: FrameHandler;
  /** Maximum number of bytes, beyond one frame, that may wait for a client that does not read. */
  abstract readonly maxBufferedBytes: number;
  /** The connection has become a session. Called once. */
  abstract registered(connection: Connection): void;
  /** The connection neither receives nor sends any more. Called once, before the socket is closed. */
  abstract ended(connection: Connection, by: EndedBy): void;
  /** The socket and its descriptor are closed. Called once, after `ended`. */
  abstract gone(connection: Connection): void;
  /** That many bytes wait for the client, after one more frame. Not called if nothing waits. */
  abstract backedUp(connection: Connection, bytes: number): void;
  /** The client does not read. Called before `ended`. */
  abstract tooSlow(connection: Connection): void;
}

/**
 * One open WebSocket, without an identity until it registers. Kept small, because tens of thousands of connections
 * are idle. State that only a busy connection needs is created when the connection becomes busy.
 */
export class Connection implements FrameSink, WheelEntry, Aging, InboxOwner {
  /** Monotonic ms of the last frame of any kind. */
  lastHeardMs = performance.now();
  silenceReportedMs = NaN;
  wheelSlot = NOT_IN_WHEEL;
  wheelIndex = 0;
  dueStep = 0;
  /** A `register` has arrived, so the connection does not count as silent. */
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

  /** The session that a successful `register` has created. */
  get session(): Session | undefined {
    return this.#session;
  }

  /**
   * The source that this connection counts for, until it has registered. `undefined` also if sources are not limited
   * or not known.
   */
  get source(): Source | undefined {
    return this.#socket.source;
  }

  /** The connection no longer counts for its source. */
  leaveSource(): void {
    if (this.#socket.source === undefined) return;
    this.#socket.source.unregistered -= 1;
    this.#socket.source = undefined;
  }

  get isInCall(): boolean {
    return (this.#session?.calls?.size ?? 0) > 0;
  }

  /** The connection has registered and is now this session. */
  become(session: Session): void {
    this.#session = session;
    this.#host.registered(this);
  }

  /**
   * Sends one frame. Returns `false` if the socket did not accept it, because the connection has ended or ends with
   * this frame.
   */
  send(frame: string): boolean {
    const bytes = Buffer.from(frame);
    if (!this.#takes(bytes)) return false;
    this.#socket.send(bytes, AS_TEXT);
    this.#noteWaiting();
    return true;
  }

  /** Ends the connection: it is removed before the client has answered the Close frame. */
  close(code: CloseCode, reason = ''): void {
    if (!this.#end(code)) return;
    this.#socket.close(code, reason);
  }

  /** Cuts the socket without a Close frame and drops the data that waits for the client. */
  cut(): void {
    this.#socket.terminate();
  }

  hear(bytes: Buffer, isBinary: boolean): void {
    if (!this.isOpen) return;
    this.lastHeardMs = performance.now();
    const incoming = { bytes, isBinary, atMs: this.lastHeardMs };
    const waitMs = this.#host.frames.charge(this, incoming) || (this.#inbox?.take(incoming.atMs) ?? 0);
    if (waitMs > 0) this.#host.frames.refuse(this, incoming, waitMs);
    else if (this.#inbox !== undefined) this.#inbox.push(incoming);
    else this.#handleFirst(incoming);
  }

  /**
   * Handles a ping, with its payload, or a pong, which a client may send unrequested (RFC 6455, section 5.5.3). Each
   * shows that the client is alive.
   */
  hearControlFrame(ping?: Buffer): void {
    if (!this.isOpen) return;
    this.lastHeardMs = performance.now();
    if (!this.#host.frames.allowsControlFrame(this) || ping === undefined) return;
    // A copy: waiting data must not keep the whole read buffer in memory.
    if (!this.#takes(ping)) return;
    this.#socket.pong(Buffer.from(ping));
    this.#noteWaiting();
  }

  /** The client's Close frame has arrived. */
  left(): void {
    this.#end('client');
  }

  /** The client is gone, or will send nothing more, without a Close frame. */
  vanished(): void {
    this.#end(GONE_WITHOUT_CLOSE);
  }

  /** The socket is closed. `code` is that of the Close frame, or 1006 if none arrived. */
  closedBySocket(code: number): void {
    this.#end(code === GONE_WITHOUT_CLOSE ? GONE_WITHOUT_CLOSE : 'client');
    this.#host.gone(this);
  }

  /** The client violated the WebSocket protocol. ws sends the Close frame; no further frame is read. */
  broken(isTooLarge: boolean): void {
    this.#end(isTooLarge ? CLOSE_CODES.frameTooLarge : BROKEN_FRAME);
  }

  /** Number of frames that wait behind the frame that is being handled. */
  get waitingFrames(): number {
    return this.#inbox?.size ?? 0;
  }

  /** Number of bytes that wait for the client to read them. */
  get outgoingBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Whether the socket can accept that many bytes. If too many bytes wait, the client is closed. */
  #takes({ length }: Buffer): boolean {
    // ws drops its input after a network failure; the `close` event that follows ends the connection.
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

  /** For the inbox: the frames that may arrive while others wait. */
  get arrivals(): Rate {
    return this.#host.frames.arrivals;
  }

  /** For the inbox: handles a frame that has waited. */
  handle(incoming: Incoming): Promise<void> | undefined {
    return this.isOpen ? this.#host.frames.handle(this, incoming) : undefined;
  }

  /** For the inbox: no frame waits any more. */
  emptied(): void {
    this.#inbox = undefined;
  }

  #handleFirst(incoming: Incoming): void {
    const pending = this.#host.frames.handle(this, incoming);
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
  // ws passes a single buffer, unless `binaryType` is changed.
  if (Buffer.isBuffer(data)) connectionOf(this)?.hear(data, isBinary);
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
  // ws closes the socket itself with the matching code, and `close` follows. Codes without this prefix are network
  // errors.
  if (code?.startsWith('WS_ERR_') === true) connectionOf(this)?.broken(code === TOO_LARGE);
}

function connectionOf(socket: WebSocket): Connection | undefined {
  return socket instanceof FrameSocket && socket.connection instanceof Connection ? socket.connection : undefined;
}
