/** What has to be known of a connection to hold the bytes that wait for its client below a bound. */
export interface Buffering {
  /** Bytes that wait now. */
  readonly outgoingBytes: number;
  /** `false`: it has ended, and only its socket is left. */
  readonly isOpen: boolean;
  /** Cuts the socket; what waits is dropped. */
  cut(): void;
}

/** So much of the bound may come in between two looks; twice as much more than the bound can wait for a moment. */
const MARGIN = 1 / 16;

/** With fewer connections than this, those with nothing waiting any more are not worth a look. */
const FEW = 64;

/**
 * The bytes that wait for clients to read them, over all connections, held below one bound: beyond it the connections for
 * which most waits are closed.
 *
 * Only connections for which something waits are known here. What is noted of each is at least what waits, because
 * nothing is noted when a client reads; so all are measured again, but only once the bound may have been reached, and
 * then not before a sixteenth of it has come in: a frame costs a look-up, not a scan.
 */
export class OutgoingBuffers<C extends Buffering> {
  readonly #noted = new Map<C, number>();
  /** The sum of what is noted. */
  #bytes = 0;
  #lookAtBytes: number;
  #lookAtSize = FEW;
  #willLook = false;

  /** `close` is told which connection has to go; it ends it. */
  constructor(
    private readonly maxBytes: number,
    private readonly close: (connection: C) => void,
  ) {
    this.#lookAtBytes = maxBytes;
  }

  /** Connections that are known now. */
  get size(): number {
    return this.#noted.size;
  }

  /** So many bytes wait for that connection, after one more frame. */
  note(connection: C, bytes: number): void {
    this.#bytes += bytes - (this.#noted.get(connection) ?? 0);
    this.#noted.set(connection, bytes);
    const isDue = this.#bytes > this.#lookAtBytes || this.#noted.size > this.#lookAtSize;
    if (!isDue || this.#willLook) return;
    this.#willLook = true;
    // Not at once: a frame is being sent, and others must not be closed in the middle of it.
    setImmediate(() => {
      this.#look();
    });
  }

  /** Its socket is gone, and what waited with it. */
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
   * The largest go first. One that is closed keeps its bytes for a moment, because its client may read them and learn why;
   * those that had that moment already are cut. Returns the bytes of the latter, which are gone when their sockets are.
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
