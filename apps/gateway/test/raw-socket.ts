import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { eventually, within } from '@white-rabbit/testing';
import { HANDSHAKE } from './upgrade-request.js';

/** First bytes of complete frames (RFC 6455, section 5.2). */
export const TEXT = 0x81;
export const CLOSE = 0x88;
export const PING = 0x89;
export const PONG = 0x8a;

/** Options of a raw socket. */
export interface RawOptions {
  /** The loopback address of its end of the connection. */
  readonly from?: string;
  /** Keeps its side of the TCP connection open when the gateway has closed its own side. */
  readonly lingers?: boolean;
}

/** A TCP connection on which a test sends any bytes. */
export class RawSocket {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  readonly #closed: Promise<void>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
    });
    this.#closed = new Promise((resolve) => {
      socket.once('close', () => {
        resolve();
      });
    });
  }

  static async open(port: number, { from = '127.0.0.1', lingers = false }: RawOptions = {}): Promise<RawSocket> {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from, allowHalfOpen: lingers });
    await once(socket, 'connect');
    return new RawSocket(socket.setNoDelay());
  }

  /** Opens a connection and completes the handshake: frames follow. */
  static async upgraded(port: number, options?: RawOptions): Promise<RawSocket> {
    const raw = await RawSocket.open(port, options);
    const headers = Object.entries({ host: 'localhost', ...HANDSHAKE }).map(([name, value]) => `${name}: ${value}`);
    raw.send(`GET /ws HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
    await once(raw.#socket, 'data');
    if (!raw.received.startsWith('HTTP/1.1 101')) throw new Error(`the handshake was answered ${raw.received}`);
    raw.#received = Buffer.alloc(0);
    return raw;
  }

  /** All received bytes, as characters. */
  get received(): string {
    return this.#received.toString('latin1');
  }

  /** The code of the last received Close frame, if any. */
  get closeCode(): number | undefined {
    const at = this.#received.lastIndexOf(CLOSE);
    return at < 0 || this.#received.length < at + 4 ? undefined : this.#received.readUInt16BE(at + 2);
  }

  /** Whether the gateway or this client has ended the connection. */
  get isClosed(): boolean {
    return this.#socket.closed;
  }

  send(bytes: string | Buffer): void {
    this.#socket.write(bytes);
  }

  /** Resolves when any bytes have been received; at once if there are some already. */
  async receivesBytes(deadlineMs: number): Promise<void> {
    if (this.#received.length === 0) await within('bytes are received', deadlineMs, once(this.#socket, 'data'));
  }

  /** Sends one event, as a client does. */
  sendEvent(event: string, data: object = {}, ref?: string): void {
    this.send(rawFrame(TEXT, Buffer.from(JSON.stringify({ event, data, ref }))));
  }

  /** Resolves when these bytes, given as characters, have been received. */
  async receives(characters: string, deadlineMs = 5_000): Promise<void> {
    const isReceived = () => this.#received.includes(characters, 0, 'latin1');
    await eventually(`${characters} received`, isReceived, { deadlineMs, everyMs: 10 });
  }

  /** Stops reading: the window of its TCP connection fills up. */
  stopReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }

  /** Sends a FIN: no more bytes follow. */
  finish(): void {
    this.#socket.end();
  }

  /** Resolves when the gateway has ended the connection. */
  closed(deadlineMs: number): Promise<void> {
    return within('the connection is closed', deadlineMs, this.#closed);
  }

  /** Ends the connection with a reset. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }
}

/** A frame with the given first byte and payload, masked as a client must do, or unmasked. */
export function rawFrame(firstByte: number, payload: Buffer, masked = true): Buffer {
  const mask = masked ? 0x80 : 0;
  const short = payload.length < 126;
  const head = Buffer.alloc(short ? 2 : 4);
  head[0] = firstByte;
  head[1] = mask | (short ? payload.length : 126);
  if (!short) head.writeUInt16BE(payload.length, 2);
  // A mask of zeros does not change the payload.
  return Buffer.concat([head, Buffer.alloc(masked ? 4 : 0), payload]);
}
