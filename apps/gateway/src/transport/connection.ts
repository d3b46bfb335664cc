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
import type { Aging } from './age-limit.js';
import type { Challenge } from './challenge.js';
import type { EndedBy } from '../telemetry/metrics/client-metrics.js';
import { FrameSocket, type SocketListener } from './frame-socket.js';
import { Inbox, type InboxOwner, type Incoming } from './inbox.js';
import type { Source } from './source.js';

/** Close codes that no server sends: the client vanished; the client violated the WebSocket protocol. */
const GONE_WITHOUT_CLOSE = 1006;
const BROKEN_FRAME = 1002;
/** For the frames before a Close frame: others learn within 1 s that the peer is gone. Milliseconds. */
const LEAVING_MS = 500;

/** Port: handles the frames of all connections. */
export abstract class FrameHandler {
  /** Frames that may arrive while other frames of the connection wait. */
  abstract readonly arrivals: Rate;
  /** Refused frames after which a connection is closed. */
  abstract readonly maxRefusals: number;
  /** Charges a frame for its bytes. Returns 0, or the ms until there is capacity for them. */
  abstract charge(connection: Connection, bytes: number, atMs: number): number;
  /** Answers a frame that exceeds a limit and is dropped. */
  abstract refuse(connection: Connection, text: string | undefined, waitMs: number): void;
  /**
   * Handles one frame; `text` is `undefined` if it is binary. `atMs`: its arrival, by which the limits count. Returns a
   * promise only if the frame has to wait; the promise never rejects.
   */
  abstract handle(
    connection: Connection,
    text: string | undefined,
    bytes: number,
    atMs: number,
  ): Promise<void> | undefined;
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
export class Connection implements SocketListener, FrameSink, WheelEntry, Aging, InboxOwner {
  /** Monotonic ms of the last frame of any kind. */
  lastHeardMs = performance.now();
  silenceReportedMs = NaN;
  wheelSlot = NOT_IN_WHEEL;
  wheelIndex = 0;
  dueStep = 0;
  /** A `register` has arrived, so the connection does not count as silent. */
  isRegistering = false;
  isOpen = true;
  /** What a proof in `register` signs; only until then, and only if the client can send one. */
  challenge: Challenge | undefined;
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
  /** Since the client's Close frame, until the frames before it are handled. */
  #leaving: NodeJS.Timeout | undefined;
  #isGone = false;

  constructor(socket: FrameSocket, host: ConnectionEvents) {
    this.#socket = socket;
    this.#host = host;
    socket.reportTo(this);
    if (socket.source !== undefined) socket.source.unregistered += 1;
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
    this.challenge = undefined;
    // The limits are those of the session: what the connection sent before does not count.
    this.eventBucket = undefined;
    this.#host.registered(this);
  }

  /**
   * Sends one frame. Returns `false` if the socket did not accept it, because the connection has ended or ends with
   * this frame.
   */
  send(frame: string): boolean {
    if (!this.#takes(frame)) return false;
    this.#socket.sendText(frame);
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

  /** Handles a message, or refuses it if it exceeds a limit. `undefined`: it is binary. */
  hear(text: string | undefined, bytes: number): void {
    if (!this.isOpen) return;
    const { frames } = this.#host;
    const atMs = (this.lastHeardMs = performance.now());
    const waitMs = frames.charge(this, bytes, atMs) || (this.#inbox?.take(atMs) ?? 0);
    // A session has its answers in the order of its frames. A connection without a license waits for no refusal.
    if (waitMs > 0 && (this.#inbox === undefined || this.#session === undefined)) {
      frames.refuse(this, text, waitMs);
    } else if (this.#inbox !== undefined) {
      this.#inbox.push({ text, bytes, atMs, waitMs });
    } else {
      const pending = frames.handle(this, text, bytes, atMs);
      if (pending !== undefined) this.#inbox = new Inbox(this.#socket, this, pending);
    }
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
    if (this.#takes(ping)) this.#socket.pong(Buffer.from(ping));
  }

  /** The client's Close frame has arrived. The frames of a session before it are handled, if that takes little time. */
  left(): void {
    if (!this.isOpen) return;
    if (this.#inbox === undefined || this.#session === undefined) this.#end('client');
    else this.#leaving ??= setTimeout(() => this.#end('client'), LEAVING_MS);
  }

  /** The client is gone, or will send nothing more, without a Close frame. */
  vanished(): void {
    if (this.#leaving === undefined) this.#end(GONE_WITHOUT_CLOSE);
  }

  /** The socket is closed. `code` is that of the Close frame, or 1006 if none arrived. */
  closedBySocket(code: number): void {
    if (this.isOpen && this.#leaving !== undefined) {
      this.#isGone = true;
      return;
    }
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
    return this.#socket.outgoingBytes;
  }

  /** That many bytes still wait for the client after a write. */
  backedUp(bytes: number): void {
    this.#host.backedUp(this, bytes);
  }

  /** Whether the socket can accept a frame. If too many bytes wait, the client is closed. */
  #takes(frame: string | Buffer): boolean {
    // ws drops its input after a network failure; the `close` event that follows ends the connection.
    if (!this.isOpen || this.#socket.readyState !== FrameSocket.OPEN) return false;
    const { outgoingBytes } = this.#socket;
    if (outgoingBytes === 0 || outgoingBytes + Buffer.byteLength(frame) <= this.#host.maxBufferedBytes) return true;
    this.#host.tooSlow(this);
    return false;
  }

  /** For the inbox: the frames that may arrive while others wait. */
  get arrivals(): Rate {
    return this.#host.frames.arrivals;
  }

  /** For the inbox. */
  get maxRefusals(): number {
    return this.#host.frames.maxRefusals;
  }

  /** For the inbox: handles or refuses a frame that has waited. */
  handle({ text, bytes, atMs, waitMs }: Incoming): Promise<void> | undefined {
    if (!this.isOpen) return undefined;
    const { frames } = this.#host;
    if (waitMs === 0) return frames.handle(this, text, bytes, atMs);
    frames.refuse(this, text, waitMs);
    return undefined;
  }

  /** For the inbox: no frame waits any more. */
  emptied(): void {
    this.#inbox = undefined;
    if (this.#leaving !== undefined) this.#end('client');
  }

  #end(by: EndedBy): boolean {
    if (!this.isOpen) return false;
    this.isOpen = false;
    clearTimeout(this.#leaving);
    this.#inbox?.clear();
    this.#host.ended(this, by);
    if (this.#isGone) this.#host.gone(this);
    return true;
  }
}
