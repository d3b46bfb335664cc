import { connect as dial, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';

/** What the proxy does with what passes. */
export type Fault =
  | { readonly kind: 'none' }
  /** Every piece comes this much later, in order. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** No more than this passes each way, in a second. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }
  /** Connections are taken and stay open; what is sent on them is lost. */
  | { readonly kind: 'blackhole' }
  /** Connections are reset as they come. */
  | { readonly kind: 'reset' };

/** Pieces that may wait in one direction of a connection before no more is read. */
const PIECES_WAITING = 1_000;

interface Pair {
  readonly client: Socket;
  readonly target: Socket;
  /** Bytes of it were lost: it can never be healed, only stay silent. */
  lost: boolean;
}

/** A TCP proxy on loopback in front of one server, that can be told to misbehave. */
export class FaultProxy {
  readonly #server: Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #pairs = new Set<Pair>();
  #fault: Fault = { kind: 'none' };

  private constructor(target: { host: string; port: number }) {
    this.#target = target;
    // Half-open is a state of its own here: an end of one side is passed on by hand.
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      this.#onClient(client);
    });
  }

  /** Listens on a free port of loopback and passes everything on to `target`. */
  static async start(target: { host?: string; port: number }): Promise<FaultProxy> {
    const proxy = new FaultProxy({ host: target.host ?? '127.0.0.1', port: target.port });
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  /** Port to connect to. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Open connections through it. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** `url` with this proxy in the place of its host and port. */
  url(url: string): string {
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String(this.port);
    return through.href;
  }

  /** No fault any more. Connections whose bytes were lost stay silent; new ones are sound. */
  pass(): void {
    this.#fault = { kind: 'none' };
  }

  /** Delays everything by so much, each way. */
  latency(ms: number): void {
    this.#fault = { kind: 'latency', ms };
  }

  /** Lets no more than this pass, each way and connection. */
  slow(bytesPerSecond: number): void {
    this.#fault = { kind: 'slow', bytesPerSecond };
  }

  /** Drops everything, keeps all connections open and takes new ones. */
  blackhole(): void {
    this.#fault = { kind: 'blackhole' };
    for (const pair of this.#pairs) pair.lost = true;
  }

  /** Resets all connections, and new ones as they come. */
  reset(): void {
    this.#fault = { kind: 'reset' };
    for (const pair of this.#pairs) {
      pair.client.resetAndDestroy();
      pair.target.resetAndDestroy();
    }
  }

  /** The clients are gone without a word: the target keeps its sockets, hears nothing, and what it sends is lost. */
  halfOpen(): void {
    for (const pair of this.#pairs) {
      pair.lost = true;
      pair.client.destroy();
    }
  }

  /** Ends all connections and listens no more. */
  async stop(): Promise<void> {
    for (const pair of this.#pairs) {
      pair.client.destroy();
      pair.target.destroy();
    }
    await new Promise<void>((resolve) =>
      this.#server.close(() => {
        resolve();
      }),
    );
  }

  #onClient(client: Socket): void {
    if (this.#fault.kind === 'reset') {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const target = dial({ ...this.#target, allowHalfOpen: true });
    const pair: Pair = { client, target, lost: this.#fault.kind === 'blackhole' };
    this.#pairs.add(pair);
    void this.#carry(pair, client, target);
    void this.#carry(pair, target, client);
  }

  /** Carries one way, in order, until that side ends. */
  async #carry(pair: Pair, from: Socket, to: Socket): Promise<void> {
    from.once('close', () => {
      if (pair.client.destroyed && pair.target.destroyed) this.#pairs.delete(pair);
    });
    let passed = Promise.resolve();
    let waiting = 0;
    try {
      for await (const piece of from) {
        if (pair.lost) continue;
        const due = performance.now() + this.#delayMs(piece as Buffer);
        waiting += 1;
        passed = passed.then(() => write(to, piece as Buffer, due)).then(() => void (waiting -= 1));
        // Latency delays and does not throttle; a slow line and a full one do.
        if (this.#fault.kind === 'slow' || waiting >= PIECES_WAITING) await passed;
      }
      await passed;
      if (!pair.lost) to.end();
    } catch {
      // A reset on one side is a reset on the other, unless nobody is to know.
      if (!pair.lost) to.resetAndDestroy();
    }
  }

  #delayMs(piece: Buffer): number {
    if (this.#fault.kind === 'latency') return this.#fault.ms;
    return this.#fault.kind === 'slow' ? (piece.length / this.#fault.bytesPerSecond) * 1000 : 0;
  }
}

async function write(to: Socket, piece: Buffer, due: number): Promise<void> {
  const early = due - performance.now();
  if (early > 0) await after(early);
  if (to.writable && !to.write(piece)) await new Promise((resolve) => to.once('drain', resolve).once('close', resolve));
}
