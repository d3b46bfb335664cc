import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { within } from '@white-rabbit/testing';
import { HANDSHAKE } from './upgrade-request.js';

/** A TCP connection that says whatever bytes a test likes. */
export class RawSocket {
  readonly #socket: Socket;
  #heard = Buffer.alloc(0);
  readonly #closed: Promise<void>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      this.#heard = Buffer.concat([this.#heard, bytes]);
    });
    this.#closed = new Promise((resolve) => {
      socket.once('close', () => {
        resolve();
      });
    });
  }

  /** @param from the address of loopback that it comes from. */
  static async open(port: number, from = '127.0.0.1'): Promise<RawSocket> {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from });
    await once(socket, 'connect');
    return new RawSocket(socket.setNoDelay());
  }

  /** Opens one and takes it through the handshake: what follows are frames. */
  static async upgraded(port: number, from?: string): Promise<RawSocket> {
    const raw = await RawSocket.open(port, from);
    const headers = Object.entries({ host: 'localhost', ...HANDSHAKE }).map(([name, value]) => `${name}: ${value}`);
    raw.say(`GET /ws HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
    await once(raw.#socket, 'data');
    if (!raw.heard.startsWith('HTTP/1.1 101')) throw new Error(`the handshake was answered ${raw.heard}`);
    raw.#heard = Buffer.alloc(0);
    return raw;
  }

  /** Everything it was told, as characters. */
  get heard(): string {
    return this.#heard.toString('latin1');
  }

  /** The code in the close frame that it was told last, if any. */
  get closeCode(): number | undefined {
    const at = this.#heard.lastIndexOf(0x88);
    return at < 0 || this.#heard.length < at + 4 ? undefined : this.#heard.readUInt16BE(at + 2);
  }

  say(bytes: string | Buffer): void {
    this.#socket.write(bytes);
  }

  /** Resolves when it was told something, at once if it has been. */
  async hears(deadlineMs: number): Promise<void> {
    if (this.#heard.length === 0) await within('something is heard', deadlineMs, once(this.#socket, 'data'));
  }

  /** Resolves when the other side has ended the connection. */
  closed(deadlineMs: number): Promise<void> {
    return within('the connection is closed', deadlineMs, this.#closed);
  }

  /** Ends it with a reset. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }
}

/** A frame as a client has to mask it, with the first byte and the payload given; or unmasked. */
export function rawFrame(firstByte: number, payload: Buffer, masked = true): Buffer {
  const mask = masked ? 0x80 : 0;
  const short = payload.length < 126;
  const head = Buffer.alloc(short ? 2 : 4);
  head[0] = firstByte;
  head[1] = mask | (short ? payload.length : 126);
  if (!short) head.writeUInt16BE(payload.length, 2);
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([head, Buffer.alloc(masked ? 4 : 0), payload]);
}
