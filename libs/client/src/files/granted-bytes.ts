/** Receives bytes; `undefined` if none follow. */
type Resolve = (bytes: Uint8Array<ArrayBuffer> | undefined) => void;

/**
 * Credit-based flow control: the other side may send as many bytes as this side has granted. They are kept in a ring
 * buffer of a fixed size until they are read, so a sender cannot make this side keep more, in messages of any length.
 */
export class GrantedBytes {
  #ring: Uint8Array<ArrayBuffer>;
  #start = 0;
  #length = 0;
  #granted = 0;
  #isStopped = false;
  #reader: { readonly length: number; readonly resolve: Resolve } | undefined;

  /** @param capacity what is granted and not read is never more. Bytes. */
  constructor(capacity: number) {
    this.#ring = new Uint8Array(capacity);
  }

  /** The other side may send this many bytes more. */
  grant(bytes: number): void {
    this.#granted += bytes;
  }

  /** Takes a copy. `false` if the other side may not send these bytes, or if there are none. */
  push(bytes: Uint8Array): boolean {
    if (bytes.length === 0 || bytes.length > this.#granted) return false;
    this.#granted -= bytes.length;
    const end = (this.#start + this.#length) % this.#ring.length;
    const head = bytes.subarray(0, this.#ring.length - end);
    this.#ring.set(head, end);
    this.#ring.set(bytes.subarray(head.length));
    this.#length += bytes.length;
    this.#deliver();
    return true;
  }

  /** Resolves with the next `length` bytes; with `undefined` after `stop`. One read at a time. */
  read(length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return new Promise((resolve) => {
      this.#reader = { length, resolve };
      this.#deliver();
    });
  }

  /** Forgets what has arrived, and grants nothing any more. */
  stop(): void {
    this.#isStopped = true;
    this.#granted = 0;
    this.#length = 0;
    this.#ring = new Uint8Array();
    this.#deliver();
  }

  #deliver(): void {
    const reader = this.#reader;
    if (!reader || (!this.#isStopped && this.#length < reader.length)) return;
    this.#reader = undefined;
    reader.resolve(this.#isStopped ? undefined : this.#take(reader.length));
  }

  #take(length: number): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(length);
    const head = this.#ring.subarray(this.#start, this.#start + length);
    taken.set(head);
    taken.set(this.#ring.subarray(0, length - head.length), head.length);
    if (length > 0) this.#start = (this.#start + length) % this.#ring.length;
    this.#length -= length;
    return taken;
  }
}
