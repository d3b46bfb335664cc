import { randomBytes } from 'node:crypto';
import { BLOCK_BYTES, type FileSink, type FileSource } from '../src/files/index.js';

/** Random content of that length. Bytes. */
export function randomContent(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(randomBytes(length));
}

/** A file in memory that is sent. */
export class MemorySource implements FileSource {
  readonly name: string;
  content: Uint8Array<ArrayBuffer>;
  isClosed = false;
  /** If set, a read waits for it, and rejects with it. */
  fault: Promise<never> | undefined;

  constructor(content: Uint8Array<ArrayBuffer>, name = 'tea party.txt') {
    this.content = content;
    this.name = name;
  }

  get size(): number {
    return this.content.length;
  }

  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    await this.fault;
    return this.content.slice(offset, offset + length);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

/** A file in memory that is received. Fails the test if the SDK calls it in another order than `FileSink` says. */
export class MemorySink implements FileSink {
  /** The methods that were called, without `write` and `readKept`. */
  readonly calls: string[] = [];
  content: Uint8Array<ArrayBuffer>;
  /** Every `write` waits for it. */
  gate: Promise<unknown> = Promise.resolve();
  /** The method that rejects. */
  broken: keyof FileSink | undefined;
  #isBusy = false;

  constructor(kept: Uint8Array<ArrayBuffer> = new Uint8Array()) {
    this.content = kept;
  }

  kept(): Promise<number> {
    return this.#call('kept', () => Math.floor(this.content.length / BLOCK_BYTES) * BLOCK_BYTES);
  }

  readKept(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#call('readKept', () => this.content.slice(offset, offset + length));
  }

  write(block: Uint8Array<ArrayBuffer>, offset: number): Promise<void> {
    return this.#call('write', () => {
      const length = Math.max(this.content.length, offset + block.length);
      const content = new Uint8Array(length);
      content.set(this.content);
      content.set(block, offset);
      this.content = content;
    });
  }

  finish(): Promise<void> {
    return this.#call('finish', () => undefined);
  }

  discard(): Promise<void> {
    return this.#call('discard', () => {
      this.content = new Uint8Array();
    });
  }

  close(): Promise<void> {
    return this.#call('close', () => undefined);
  }

  /** @throws Error if another call has not ended, or `kept` was not the first. */
  async #call<T>(name: keyof FileSink, act: () => T): Promise<T> {
    if (this.#isBusy) throw new Error(`${name} was called during another call.`);
    if ((name === 'kept') === this.calls.includes('kept')) throw new Error(`${name} was called too early or again.`);
    if (name !== 'write' && name !== 'readKept') this.calls.push(name);
    this.#isBusy = true;
    await this.gate;
    this.#isBusy = false;
    if (this.broken === name) throw new Error('The disk is full.');
    return act();
  }
}
