import { deferred } from '../deferred.js';
import { Emitter } from '../emitter.js';
import type { FileChannel } from './file-channel.js';
import type { FileEnd } from './file-offer.js';

/**
 * `preparing`: the sender computes the hashes · `offered`: the receiver has not answered · `transferring`: accepted; kept
 * blocks are checked, and blocks are sent · `ended`.
 */
export type FileTransferState = 'preparing' | 'offered' | 'transferring' | 'ended';

/** The events of a file transfer. */
export interface FileTransferEvents {
  /** The new state; `ended` is the last. */
  readonly state: FileTransferState;
  /** The receiver has checked and written the first `done` bytes of `size`. At most one event for each block. */
  readonly progress: { readonly done: number; readonly size: number };
}

/** What both sides of a file transfer have in common. */
export abstract class FileTransfer extends Emitter<FileTransferEvents> {
  /** A name that is safe as a file name. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  #state: FileTransferState;
  #done = 0;
  readonly #ended = deferred<FileEnd>();

  /** @internal */
  protected constructor(name: string, size: number, state: FileTransferState) {
    super();
    this.name = name;
    this.size = size;
    this.#state = state;
  }

  get state(): FileTransferState {
    return this.#state;
  }

  /** How many bytes from the beginning of the file the receiver has checked and written. */
  get done(): number {
    return this.#done;
  }

  /** Resolves when the transfer has ended and the file is closed. Never rejects. */
  get ended(): Promise<FileEnd> {
    return this.#ended.promise;
  }

  /** Stops the transfer for both sides. Nothing happens if it has ended. */
  abstract cancel(): void;

  /** @internal Closes the file. */
  protected abstract release(why: FileEnd): Promise<void>;

  /** @internal */
  protected hasEnded(): boolean {
    return this.#state === 'ended';
  }

  /** @internal */
  protected enter(state: FileTransferState): void {
    if (this.#state === 'ended' || this.#state === state) return;
    this.#state = state;
    this.emit('state', state);
  }

  /** @internal */
  protected advance(done: number): void {
    if (this.#state === 'ended' || this.#done === done) return;
    this.#done = done;
    this.emit('progress', { done, size: this.size });
  }

  /** @internal Ends the transfer once. `channel`: notifies the other side of this end, which it does not know yet. */
  protected async conclude(why: FileEnd, channel?: FileChannel): Promise<void> {
    if (this.#state === 'ended') return;
    this.enter('ended');
    const notified = why === 'interrupted' ? undefined : channel?.end(why);
    await this.release(why).catch(() => undefined);
    await notified;
    this.#ended.resolve(why);
  }
}
