import { WebSocket } from 'ws';

/** Sockets being opened at once, so that no server's backlog overflows. */
const AT_ONCE = 50;

/** The bench's own client sockets to one server. */
export class Sockets {
  readonly #open: WebSocket[] = [];

  constructor(private readonly url: string) {}

  /** Opens one and waits for its answer to a first frame. Rejects when it closes instead. */
  async open(hello: string, isWelcome: (frame: string) => boolean): Promise<WebSocket> {
    const socket = new WebSocket(this.url, { perMessageDeflate: false });
    this.#open.push(socket);
    await new Promise<void>((resolve, reject) => {
      const onMessage = (data: Buffer) => {
        if (!isWelcome(data.toString())) return;
        socket.off('message', onMessage);
        socket.removeAllListeners('close');
        resolve();
      };
      socket.on('message', onMessage);
      socket.once('open', () => {
        socket.send(hello);
      });
      socket.once('error', reject);
      socket.once('close', (code, reason) => {
        reject(new Error(`closed with ${code} ${reason.toString()}`));
      });
    });
    return socket;
  }

  /** Closes all, and resolves when they are closed. */
  async close(): Promise<void> {
    const closing = this.#open.splice(0).map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.once('close', () => {
            resolve();
          });
          socket.close();
        }),
    );
    await Promise.all(closing);
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
