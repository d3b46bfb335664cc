import { connect } from 'node:net';
import { rawFrame } from './raw-socket.js';
import { HANDSHAKE } from './upgrade-request.js';

/** Number of concurrent connections. */
const AT_ONCE = 64;
const TEXT = 0x81;

const UPGRADE = Buffer.from(
  `GET /ws HTTP/1.1\r\nHost: a\r\n${Object.entries(HANDSHAKE)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\r\n')}\r\n\r\n`,
);

/** A `register` with that key, from a device that the server has not seen before. */
export function registerFrame(license_key: string): Buffer {
  const data = { license_key, device_id: 'device-of-mallory', peer_id: 'peer-of-mallory' };
  return rawFrame(TEXT, Buffer.from(JSON.stringify({ event: 'register', data })));
}

/**
 * A client that connects, sends a frame and is disconnected, again and again, as fast as it can. A test must stop it.
 */
export class Flood {
  /** Number of connections that were opened and have ended. */
  connections = 0;
  /** Number of upgrades that were refused with 503. */
  refused = 0;
  /** Number of frames that were answered, with any event. */
  answered = 0;
  /** Number of these that were answered with `rate_limited`. */
  limited = 0;
  #isOver = false;
  readonly #ended: Promise<unknown>;

  /** @param from the loopback address that it connects from. */
  constructor(
    private readonly port: number,
    private readonly from: string,
    private readonly frame: () => Buffer,
  ) {
    this.#ended = Promise.all(Array.from({ length: AT_ONCE }, () => this.#goOn()));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#ended;
  }

  async #goOn(): Promise<void> {
    while (!this.#isOver) this.#note(await this.#once());
  }

  /** The received answer of one connection after its close. */
  #once(): Promise<string> {
    return new Promise((resolve) => {
      let received = '';
      const socket = connect({ port: this.port, host: '127.0.0.1', localAddress: this.from });
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        received += bytes.toString('latin1');
      });
      socket.once('end', () => socket.destroy());
      socket.once('close', () => {
        resolve(received);
      });
      socket.write(Buffer.concat([UPGRADE, this.frame()]));
      // A client must answer a Close frame: the gateway then ends the connection at once.
      socket.on('data', () => {
        if (received.includes('"error"')) socket.end(rawFrame(0x88, Buffer.alloc(0)));
      });
    });
  }

  #note(received: string): void {
    this.connections += 1;
    if (received.startsWith('HTTP/1.1 503')) this.refused += 1;
    if (received.includes('"error"')) this.answered += 1;
    if (received.includes('rate_limited')) this.limited += 1;
  }
}
