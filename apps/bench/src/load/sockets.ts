import { WebSocket } from 'ws';
import type { Client, Wire } from './wire.js';

/** Sockets being opened at once, so that no server's backlog overflows. */
const AT_ONCE = 50;

/** Each client that must send heartbeats does so in this time: the gateway's own interval. */
const HEARTBEAT_MS = 30_000;
const HEARTBEAT_STEP_MS = 100;

/** The bench's own client sockets to one server. They answer the server's heartbeats, and send their own. */
export class Sockets {
  readonly #open: WebSocket[] = [];
  readonly #url: string;
  readonly #wire: Wire;
  readonly #source: string | undefined;
  #heartbeats: NodeJS.Timeout | undefined;

  /** `source`: address to connect from; one address has 28,000 ports towards a server. */
  constructor(url: string, wire: Wire, source?: string) {
    this.#url = url;
    this.#wire = wire;
    this.#source = source;
  }

  /** Opens a socket, registers that client and waits for the confirmation. Rejects when the socket closes instead. */
  async open(name: string): Promise<Client> {
    const wire = this.#wire;
    const source = this.#source === undefined ? {} : { localAddress: this.#source };
    const socket = new WebSocket(this.#url + wire.path(name), { perMessageDeflate: false, ...source });
    this.#open.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket.on('message', (data: Buffer) => {
        const frame = data.toString();
        if (wire.isWelcome(frame)) resolve();
        const answer = wire.reply(frame, name);
        if (answer !== undefined) socket.send(answer);
      });
      socket.once('open', () => {
        const hello = wire.hello(name);
        if (hello !== undefined) socket.send(hello);
      });
      socket.on('error', reject);
      socket.once('close', (code, reason) => {
        reject(new Error(`closed with ${code} ${reason.toString()}`));
      });
    });
    if (wire.heartbeat !== undefined) this.#heartbeats ??= this.#startHeartbeats(wire.heartbeat);
    return { name, socket };
  }

  /** Closes all, and resolves when they are closed. */
  async close(): Promise<void> {
    clearInterval(this.#heartbeats);
    this.#heartbeats = undefined;
    const closing = this.#open.splice(0).map(
      (socket) =>
        new Promise<void>((resolve) => {
          if (socket.readyState === WebSocket.CLOSED) resolve();
          socket.once('close', () => {
            resolve();
          });
          socket.close();
        }),
    );
    await Promise.all(closing);
  }

  /** Spread evenly over the interval. */
  #startHeartbeats(frame: string): NodeJS.Timeout {
    let next = 0;
    return setInterval(() => {
      const share = Math.ceil((this.#open.length * HEARTBEAT_STEP_MS) / HEARTBEAT_MS);
      for (let sent = 0; sent < share; sent += 1) {
        next = (next + 1) % this.#open.length;
        const socket = this.#open[next];
        if (socket?.readyState === WebSocket.OPEN) socket.send(frame);
      }
    }, HEARTBEAT_STEP_MS).unref();
  }
}

/** Runs `make` for 0 to count - 1, a bounded number at once, and keeps the order of the results. */
export async function each<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      results[index] = await make(index);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
