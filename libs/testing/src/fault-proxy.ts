import { connect as dial, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the proxy does with the data that it relays. */
export type Fault =
  | { readonly kind: 'none' }
  /** Every chunk is delayed by this much, in order. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** The same, and TCP has to send some of the chunks again: `loss` of them, from 0 to 1. */
  | { readonly kind: 'lossy'; readonly ms: number; readonly loss: number; readonly random: () => number }
  /** At most this many bytes a second are relayed in each direction. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }
  /** Connections are accepted and stay open; data sent on them is lost. */
  | { readonly kind: 'blackhole' }
  /** Connections are reset when they are opened. */
  | { readonly kind: 'reset' };

/** Time until TCP sends lost data again: this (Linux) and a round trip. Milliseconds. */
const RETRANSMIT_MS = 200;

/** Chunks that may wait in one direction of a connection before reading stops. */
const PIECES_WAITING = 1_000;

interface Pair {
  readonly client: Socket;
  readonly target: Socket;
  /** Bytes of the connection were lost: it cannot recover and stays silent. */
  lost: boolean;
}

/** A TCP proxy on loopback in front of one server that injects faults on command. */
export class FaultProxy {
  readonly #server: Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #pairs = new Set<Pair>();
  #fault: Fault = { kind: 'none' };

  private constructor(target: { host: string; port: number }) {
    this.#target = target;
    // Half-open connections are supported: the end of one side is relayed explicitly.
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      this.#onClient(client);
    });
  }

  /** Listens on a free port of loopback and relays everything to `target`. */
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

  /** Number of open connections through the proxy. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** `url` with its host and port replaced by this proxy's. */
  url(url: string): string {
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String(this.port);
    return through.href;
  }

  /** Removes all faults. Connections whose bytes were lost stay silent; new ones work. */
  pass(): void {
    this.#fault = { kind: 'none' };
  }

  /** Delays everything by this much, in each direction. */
  latency(ms: number): void {
    this.#fault = { kind: 'latency', ms };
  }

  /**
   * Delays everything by this much, in each direction, and some of it as if its packet was lost and sent again; what comes
   * behind it waits for it.
   *
   * @param loss the part of the chunks that is lost the first time, from 0 to 1.
   */
  lossy(ms: number, loss: number, random: () => number = Math.random): void {
    this.#fault = { kind: 'lossy', ms, loss, random };
  }

  /** Relays at most this many bytes a second, for each direction and connection. */
  slow(bytesPerSecond: number): void {
    this.#fault = { kind: 'slow', bytesPerSecond };
  }

  /** Drops all data, keeps all connections open and accepts new ones. */
  blackhole(): void {
    this.#fault = { kind: 'blackhole' };
    this.freeze();
  }

  /**
   * Connections that are open now carry nothing any more, not even their end. New ones work. `only`: those that reach the
   * target from one of these ports. Default: all.
   */
  freeze(only?: ReadonlySet<number>): void {
    for (const pair of this.#pairs) if (only?.has(pair.target.localPort ?? 0) !== false) pair.lost = true;
  }

  /** Resets all connections, and new ones when they are opened. */
  reset(): void {
    this.#fault = { kind: 'reset' };
    for (const pair of this.#pairs) {
      pair.client.resetAndDestroy();
      pair.target.resetAndDestroy();
    }
  }

  /**
   * The clients are gone without closing their connections: the target keeps its sockets, receives nothing, and what
   * it sends is lost.
   */
  halfOpen(): void {
    for (const pair of this.#pairs) {
      pair.lost = true;
      pair.client.destroy();
    }
  }

  /** Ends all connections and stops listening. */
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
    // A write may fail after the reader of that side has ended: `#carry` then notices the close.
    for (const side of [client, target]) side.on('error', () => undefined);
    void this.#carry(pair, client, target);
    void this.#carry(pair, target, client);
  }

  /** Relays one direction, in order, until that side ends. */
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
        // Latency only delays; a slow line or a full queue also throttles.
        if (this.#fault.kind === 'slow' || waiting >= PIECES_WAITING) await passed;
      }
      await passed;
      if (!pair.lost) to.end();
    } catch {
      // A reset on one side is a reset on the other, unless the fault is a half-open connection.
      if (!pair.lost) to.resetAndDestroy();
    }
  }

  #delayMs(piece: Buffer): number {
    switch (this.#fault.kind) {
      case 'latency':
        return this.#fault.ms;
      case 'lossy': {
        const { ms, loss, random } = this.#fault;
        return random() < loss ? RETRANSMIT_MS + 3 * ms : ms;
      }
      case 'slow':
        return (piece.length / this.#fault.bytesPerSecond) * 1000;
      case 'none':
      case 'blackhole':
      case 'reset':
        return 0;
    }
  }
}

async function write(to: Socket, piece: Buffer, due: number): Promise<void> {
  const early = due - performance.now();
  if (early > 0) await sleep(early);
  if (to.writable && !to.write(piece)) await new Promise((resolve) => to.once('drain', resolve).once('close', resolve));
}
