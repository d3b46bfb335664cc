import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Source } from './source.js';
import { encodeText, FOR_WS, frameLength, isText, payloadOf, readText, UNKNOWN_LENGTH } from './text-frames.js';

/** What a socket reports to its connection. */
export interface SocketListener {
  /** A message of that many bytes; `undefined` if it is binary. */
  hear(text: string | undefined, bytes: number): void;
  /** A ping with its payload, or a pong. */
  hearControlFrame(ping?: Buffer): void;
  /** The client's Close frame has arrived. */
  left(): void;
  /** A FIN has arrived without a Close frame. */
  vanished(): void;
  /** The client violated the WebSocket protocol; `close` follows. */
  broken(isTooLarge: boolean): void;
  /** The socket is closed. `code`: that of the Close frame, or 1006 if none arrived. */
  closedBySocket(code: number): void;
  /** That many bytes still wait for the client after a write. Not called if nothing waits. */
  backedUp(bytes: number): void;
}

const FRAMES = Symbol('the WebSocket on this TCP or TLS connection');

/**
 * The TCP or TLS socket below a WebSocket. A property, because a closure or a WeakMap costs each idle connection more
 * memory.
 */
type Wire = Socket & { [FRAMES]?: FrameSocket };

/** A listener of ws for a wire. */
type WsListener = (this: Wire, chunk?: Buffer) => void;

/** ws counts waiting bytes in bytes if it is given bytes; it counts a string in UTF-16 code units. */
const AS_TEXT = { binary: false };
/** The error code of ws for a frame over the size limit. */
const TOO_LARGE = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
/** Texts of one turn that are more are written at once. Node encodes a string of this size without allocating. */
const BATCH_BYTES = 16 * 1024;
/** ws reads everything that follows. */
const ALL = Infinity;

/**
 * A WebSocket whose texts do not pass through ws (docs/adr/0022-texts-on-the-raw-socket.md): a text that is complete in
 * what was read from the network is read there, and the texts of one turn of the event loop are one write. Everything else is the work of ws: the handshake, control frames, fragments, frames that arrive in parts,
 * errors and the close.
 *
 * When a client leaves, ws drops all further output but emits `close` only when the TCP connection is gone, which the
 * client can delay. This class notifies the connection at once.
 */
export class FrameSocket extends WebSocket {
  /** The source that the socket counts for, until its connection has registered. */
  source: Source | undefined;
  #listener: SocketListener | undefined;
  #wire: Wire | undefined;
  /** The listeners of ws for the bytes of the network, for their end and for the close. This class calls them. */
  #wsData: WsListener | undefined;
  #wsEnd: WsListener | undefined;
  #wsClose: WsListener | undefined;
  /** Number of the next bytes that ws reads, because it has the beginning of their frame. */
  #wsBytes = 0;
  /** The beginning of a header that ends in the next chunk. */
  #held: Buffer | undefined;
  /** Number of reports of ws. */
  #reports = 0;
  /** Texts that are not written yet, with their headers, one character for each byte. */
  #unwritten = '';

  /** Reports to that connection from now on. */
  reportTo(listener: SocketListener): void {
    this.#listener = listener;
  }

  /** Takes over the connection of the upgrade request from ws. Call it before anything is read from it. */
  watch(wire: Wire): void {
    this.#wire = wire;
    wire[FRAMES] = this;
    this.#wsData = takeOver(wire, 'data', onData);
    this.#wsEnd = takeOver(wire, 'end', onEnd);
    this.#wsClose = takeOver(wire, 'close', onWireClose);
  }

  /**
   * ws reports its events here. The connection is the only listener: the lists of an EventEmitter would cost each idle
   * connection 0.2 KB.
   */
  override emit(event: string | symbol, ...[data, isBinary]: unknown[]): boolean {
    this.#reports += 1;
    const listener = this.#listener;
    // ws passes a single buffer, unless `binaryType` is changed.
    if (event === 'message' && Buffer.isBuffer(data)) {
      listener?.hear(isBinary === true ? undefined : data.toString(), data.length);
    } else if (event === 'ping' && Buffer.isBuffer(data)) listener?.hearControlFrame(data);
    else if (event === 'pong') listener?.hearControlFrame();
    else if (event === 'close' && typeof data === 'number') listener?.closedBySocket(data);
    // ws closes the socket itself with the matching code, and `close` follows. Other codes are network errors.
    else if (event === 'error' && isViolation(data)) listener?.broken(data.code === TOO_LARGE);
    return listener !== undefined;
  }

  /** Sends a text, together with the other texts of this turn of the event loop. */
  sendText(text: string): void {
    const frame = encodeText(text);
    if (frame === undefined) {
      this.flush();
      this.send(Buffer.from(text), AS_TEXT);
      this.#noteWaiting();
      return;
    }
    if (this.#unwritten === '') flushLater(this);
    this.#unwritten += frame;
    if (this.#unwritten.length > BATCH_BYTES) this.flush();
  }

  /** Writes the texts that wait for the end of the turn. */
  flush(): void {
    if (this.#unwritten === '') return;
    const frames = this.#unwritten;
    this.#unwritten = '';
    // After a network failure nothing can be written; `close` follows.
    if (this.readyState !== FrameSocket.OPEN) return;
    this.#wire?.write(frames, 'latin1');
    this.#noteWaiting();
  }

  /** Answers a ping. */
  override pong(payload: Buffer): void {
    this.flush();
    super.pong(payload);
    this.#noteWaiting();
  }

  /** Number of bytes that wait for the client. */
  get outgoingBytes(): number {
    return this.bufferedAmount + this.#unwritten.length;
  }

  /**
   * ws calls this too: for a Close frame that has arrived, with its code, if there is one, and its reason as bytes;
   * and for a malformed frame with a code only, before it emits `error`.
   */
  override close(code?: number, reason?: string | Buffer): void {
    this.flush();
    super.close(code, reason);
    if (code === undefined || Buffer.isBuffer(reason)) this.#listener?.left();
  }

  #noteWaiting(): void {
    const { outgoingBytes } = this;
    if (outgoingBytes > 0) this.#listener?.backedUp(outgoingBytes);
  }

  /** Reads a chunk of the network. */
  read(read: Buffer): void {
    const chunk = this.#held === undefined ? read : Buffer.concat([this.#held, read]);
    this.#held = undefined;
    let at = 0;
    while (at < chunk.length) at = this.#wsBytes > 0 ? this.#pass(chunk, at) : this.#readFrame(chunk, at);
  }

  /** No more bytes will come from the network. */
  ended(): void {
    if (this.#wire !== undefined) this.#wsEnd?.call(this.#wire);
    this.#listener?.vanished();
  }

  /** The network connection is closed. What a paused socket has read is still handled. */
  wireClosed(): void {
    const rest = this.#wire?.read() as Buffer | null;
    if (rest !== null) this.read(rest);
    if (this.#wire !== undefined) this.#wsClose?.call(this.#wire);
  }

  /** Reads the frame at `at` or leaves it to ws. Returns the position behind what was read. */
  #readFrame(chunk: Buffer, at: number): number {
    const length = frameLength(chunk, at);
    if (length === UNKNOWN_LENGTH) {
      this.#held = Buffer.from(chunk.subarray(at));
      return chunk.length;
    }
    const end = at + length;
    if (length === FOR_WS) this.#wsBytes = ALL;
    else if (end > chunk.length || !isText(chunk, at)) this.#wsBytes = length;
    else {
      const text = readText(chunk, at, end);
      if (text !== undefined) {
        this.#listener?.hear(text, end - payloadOf(chunk, at));
        return end;
      }
      // ws reports the violation.
      this.#wsBytes = ALL;
    }
    return at;
  }

  /** Gives ws the bytes of its frame. Returns the position behind them. */
  #pass(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#wsBytes);
    this.#wsBytes -= end - at;
    const reports = this.#reports;
    if (this.#wire !== undefined) this.#wsData?.call(this.#wire, chunk.subarray(at, end));
    // If ws has not reported a complete frame, it has found a violation, which it reports in the next tick.
    if (this.#wsBytes === 0 && this.#reports === reports) this.#wsBytes = ALL;
    return end;
  }
}

// One set of listeners for all sockets.

function onData(this: Wire, chunk: Buffer): void {
  this[FRAMES]?.read(chunk);
}

function onEnd(this: Wire): void {
  this[FRAMES]?.ended();
}

function onWireClose(this: Wire): void {
  this[FRAMES]?.wireClosed();
}

/** Puts the listener in the place of that of ws, which is the newest, and returns that one. */
function takeOver(wire: Wire, event: string, listener: (this: Wire, chunk: Buffer) => void): WsListener | undefined {
  const ofWs = wire.listeners(event).at(-1) as WsListener | undefined;
  if (ofWs !== undefined) wire.removeListener(event, ofWs);
  wire.on(event, listener);
  return ofWs;
}

/** Whether ws reports that the client violated the WebSocket protocol. */
function isViolation(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('WS_ERR_');
}

const unflushed: FrameSocket[] = [];

function flushLater(socket: FrameSocket): void {
  if (unflushed.push(socket) === 1) process.nextTick(flushAll);
}

function flushAll(): void {
  for (const socket of unflushed) socket.flush();
  unflushed.length = 0;
}
