/** The properties of a connection that are needed to bound the bytes that wait for clients. */
export interface Buffering {
  /** Bytes that wait now. */
  readonly outgoingBytes: number;
  /** `false` if the connection has ended and only its socket is left. */
  readonly isOpen: boolean;
  /** Cuts the socket and drops the waiting bytes. */
  cut(): void;
}

/**
 * This share of the bound may arrive between two measurements; so up to twice this share above the bound can wait for
 * a moment.
 */
const MARGIN = 1 / 16;

/**
 * With fewer connections than this, a measurement only to remove connections without waiting bytes is not worthwhile.
 */
const FEW = 64;

/**
 * Keeps the bytes that wait for clients, over all connections, below one bound: beyond it, the connections with the
 * most waiting bytes are closed.
 *
 * Only connections with waiting bytes are known here. The recorded number of a connection is never too small, because
 * the reading of a client is not recorded. Therefore all connections are measured again, but only when the bound may
 * have been reached, and then not before a sixteenth of it has arrived: a frame costs a look-up, not a scan.
 */
export class OutgoingBuffers<C extends Buffering> {
  readonly #noted = new Map<C, number>();
  /** The sum of the recorded bytes. */
  #bytes = 0;
  #lookAtBytes: number;
  #lookAtSize = FEW;
  #willLook = false;

  /** `close` is called with the connection that must be closed, and ends it. */
  constructor(
    private readonly maxBytes: number,
    private readonly close: (connection: C) => void,
  ) {
    this.#lookAtBytes = maxBytes;
  }

  /** Number of known connections. */
  get size(): number {
    return this.#noted.size;
  }

  /** That many bytes wait for that connection, after one more frame. */
  note(connection: C, bytes: number): void {
    this.#bytes += bytes - (this.#noted.get(connection) ?? 0);
    this.#noted.set(connection, bytes);
    const isDue = this.#bytes > this.#lookAtBytes || this.#noted.size > this.#lookAtSize;
    if (!isDue || this.#willLook) return;
    this.#willLook = true;
    // Not synchronously: a frame is being sent, and other connections must not be closed in the middle of that.
    setImmediate(() => {
      this.#look();
    });
  }

  /** The socket of the connection is closed and its waiting bytes are dropped. */
  forget(connection: C): void {
    this.#bytes -= this.#noted.get(connection) ?? 0;
    this.#noted.delete(connection);
  }

  #look(): void {
    this.#willLook = false;
    this.#measure();
    const cutBytes = this.#relieve(this.#bytes - this.maxBytes);
    this.#lookAtBytes = Math.max(this.maxBytes, this.#bytes - cutBytes + MARGIN * this.maxBytes);
    this.#lookAtSize = Math.max(FEW, 2 * this.#noted.size);
  }

  #measure(): void {
    let bytes = 0;
    for (const connection of this.#noted.keys()) {
      const { outgoingBytes } = connection;
      if (outgoingBytes === 0) this.#noted.delete(connection);
      else this.#noted.set(connection, outgoingBytes);
      bytes += outgoingBytes;
    }
    this.#bytes = bytes;
  }

  /**
   * Closes the connections with the most waiting bytes first. A closed connection keeps its bytes for a moment,
   * because its client may read them and the close reason; connections that have had that moment are cut. Returns the
   * number of bytes of the cut connections, which are freed when their sockets close.
   */
  #relieve(excessBytes: number): number {
    let [excess, cutBytes] = [excessBytes, 0];
    if (excess <= 0) return cutBytes;
    const largestFirst = [...this.#noted].sort(([, a], [, b]) => b - a);
    for (const [connection, bytes] of largestFirst) {
      if (excess <= 0) return cutBytes;
      if (connection.isOpen) continue;
      excess -= bytes;
      cutBytes += bytes;
      connection.cut();
    }
    for (const [connection, bytes] of largestFirst) {
      if (excess <= 0) return cutBytes;
      if (!connection.isOpen) continue;
      excess -= bytes;
      this.close(connection);
    }
    return cutBytes;
  }
}
