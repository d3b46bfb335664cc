import { deferred } from '../deferred.js';
import type { PeerCall } from '../peer-call.js';
import { BlockHashes, readBlock } from './block-hashes.js';
import { FileChannel } from './file-channel.js';
import type { FileMessage } from './file-message.js';
import { safeFileName } from './file-name.js';
import { BLOCK_BYTES, blockCount, FILE_LABEL, isSize, MAX_FILE_BYTES, type FileEnd } from './file-offer.js';
import type { FileSource } from './file-source.js';
import { FileTransfer } from './file-transfer.js';
import { WINDOW_BLOCKS } from './flow-window.js';

/** `accepted`: hashes are sent until the receiver says where to start · `sending`: blocks are sent. */
type Step = 'hashing' | 'offered' | 'accepted' | 'sending';

/** A file that this side sends to the other peer of an open call. */
export class OutgoingFile extends FileTransfer {
  readonly #peer: Pick<PeerCall, 'openChannel' | 'closed'>;
  readonly #source: FileSource;
  readonly #blocks: number;
  #channel: FileChannel | undefined;
  #hashes: BlockHashes | undefined;
  #step: Step = 'hashing';
  /** Blocks from the beginning of the file that are sent or kept by the receiver, and those that it has confirmed. */
  #sent = 0;
  #confirmed = 0;
  #progressed = deferred<undefined>();

  /** Computes the hashes of the file, which reads it once, and offers it. */
  constructor(peer: Pick<PeerCall, 'openChannel' | 'closed'>, source: FileSource) {
    super(safeFileName(source.name), source.size, 'preparing');
    this.#peer = peer;
    this.#source = source;
    this.#blocks = isSize(source.size) ? blockCount(source.size) : 0;
    void this.#orEnd(this.#offer());
  }

  /** Stops the transfer for both sides; the receiver deletes what it has. */
  override cancel(): void {
    this.#end('cancelled');
  }

  /** @internal */
  protected override async release(): Promise<void> {
    this.#progressed.resolve(undefined);
    await this.#source.close?.();
  }

  async #offer(): Promise<void> {
    const { size } = this.#source;
    if (!isSize(size)) return this.#end('unreadable');
    if (size > MAX_FILE_BYTES) return this.#end('too_large');
    this.#hashes = await BlockHashes.of(this.#source, () => this.state === 'preparing');
    const hash = await this.#hashes?.fileHash();
    if (hash === undefined || this.state === 'ended') return;
    this.#channel = this.#open();
    if (!this.#channel) return this.#end('interrupted');
    if (!(await this.#channel.opened) || this.#isOver) return;
    this.#step = 'offered';
    this.enter('offered');
    this.#channel.send({ type: 'offer', name: this.name, size, hash });
  }

  #open(): FileChannel | undefined {
    try {
      return new FileChannel(this.#peer, this.#peer.openChannel(FILE_LABEL), {
        onMessage: (message) => this.#take(message),
        onData: () => this.#end('broken'),
        onFault: () => this.#end('broken'),
        onClosed: () => void this.conclude('interrupted'),
      });
    } catch {
      // The connection is closed.
      return undefined;
    }
  }

  #take(message: FileMessage): void {
    switch (message.type) {
      case 'accept':
        return this.#step === 'offered' ? void this.#orEnd(this.#sendHashes()) : this.#end('broken');
      case 'start':
        return this.#start(message.block);
      case 'received':
        return this.#confirm(message.blocks);
      case 'end':
        return this.#onEnd(message.reason);
      case 'offer':
        return this.#end('broken');
    }
  }

  async #sendHashes(): Promise<void> {
    this.#step = 'accepted';
    this.enter('transferring');
    if (this.#hashes) await this.#channel?.sendData(this.#hashes.bytes);
  }

  #start(block: number): void {
    if (this.#step !== 'accepted' || block > this.#blocks) return this.#end('broken');
    this.#step = 'sending';
    this.#sent = block;
    this.#confirm(block);
    void this.#orEnd(this.#sendBlocks());
  }

  async #sendBlocks(): Promise<void> {
    while (this.#sent < this.#blocks) {
      while (this.#sent - this.#confirmed >= WINDOW_BLOCKS && !this.#isOver) await this.#progressed.promise;
      if (this.#isOver) return;
      const block = await readBlock(this.#source, this.#sent);
      this.#sent += 1;
      if (!(await this.#channel?.sendData(block))) return;
    }
  }

  #confirm(blocks: number): void {
    if (this.#step !== 'sending' || blocks < this.#confirmed || blocks > this.#sent) return this.#end('broken');
    this.#confirmed = blocks;
    this.#progressed.resolve(undefined);
    this.#progressed = deferred();
    this.advance(Math.min(this.size, blocks * BLOCK_BYTES));
  }

  /** The receiver has ended the transfer. It can say that a file is `done` only after it has confirmed all blocks. */
  #onEnd(reason: FileEnd): void {
    this.#channel?.close();
    const isWhole = this.#step === 'sending' && this.#confirmed === this.#blocks;
    void this.conclude(reason === 'done' && !isWhole ? 'broken' : reason);
  }

  #end(why: FileEnd): void {
    void this.conclude(why, this.#channel);
  }

  get #isOver(): boolean {
    return this.state === 'ended';
  }

  /** The only errors of these steps are those of the source. */
  async #orEnd(step: Promise<void>): Promise<void> {
    await step.catch(() => this.#end('unreadable'));
  }
}
