import { deferred } from '../deferred.js';
import type { PeerCall } from '../peer-call.js';
import { BlockHashes, readBlock } from './block-hashes.js';
import { FileChannel } from './file-channel.js';
import type { FileMessage, SentEnd } from './file-message.js';
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
    void this.#run(this.#offer());
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

  async #offer(): Promise<FileEnd | undefined> {
    const { size } = this.#source;
    if (!isSize(size)) return 'unreadable';
    if (size > MAX_FILE_BYTES) return 'too_large';
    this.#hashes = await BlockHashes.of(this.#source, () => !this.hasEnded());
    const hash = await this.#hashes?.fileHash();
    if (hash === undefined || this.hasEnded()) return undefined;
    this.#channel = this.#open();
    if (!this.#channel) return 'interrupted';
    if (!(await this.#channel.opened) || this.hasEnded()) return undefined;
    this.#step = 'offered';
    this.enter('offered');
    this.#channel.send({ type: 'offer', name: this.name, size, hash });
    return undefined;
  }

  #open(): FileChannel | undefined {
    try {
      return new FileChannel(this.#peer, this.#peer.openChannel(FILE_LABEL), {
        onMessage: (message) => {
          if (!this.#take(message)) this.#end('broken');
        },
        onData: () => this.#end('broken'),
        onFault: () => this.#end('broken'),
        onClosed: () => void this.conclude('interrupted'),
      });
    } catch {
      // The connection is closed.
      return undefined;
    }
  }

  /** Whether the receiver may send this message now. */
  #take(message: FileMessage): boolean {
    switch (message.type) {
      case 'accept':
        return this.#onAccept();
      case 'start':
        return this.#onStart(message.block);
      case 'received':
        return this.#onReceived(message.blocks);
      case 'end':
        return this.#onEnd(message.reason);
      case 'offer':
        return false;
    }
  }

  #onAccept(): boolean {
    if (this.#step !== 'offered') return false;
    this.#step = 'accepted';
    this.enter('transferring');
    if (this.#hashes) void this.#channel?.sendData(this.#hashes.bytes);
    return true;
  }

  #onStart(block: number): boolean {
    if (this.#step !== 'accepted' || block > this.#blocks) return false;
    this.#step = 'sending';
    this.#sent = block;
    void this.#run(this.#sendBlocks());
    return this.#onReceived(block);
  }

  #onReceived(blocks: number): boolean {
    if (this.#step !== 'sending' || blocks < this.#confirmed || blocks > this.#sent) return false;
    this.#confirmed = blocks;
    this.#progressed.resolve(undefined);
    this.#progressed = deferred();
    this.advance(Math.min(this.size, blocks * BLOCK_BYTES));
    return true;
  }

  /** The receiver has ended the transfer. It can say that a file is `done` only after it has confirmed all blocks. */
  #onEnd(reason: SentEnd): boolean {
    this.#channel?.close();
    const isWhole = this.#step === 'sending' && this.#confirmed === this.#blocks;
    void this.conclude(reason === 'done' && !isWhole ? 'broken' : reason);
    return true;
  }

  async #sendBlocks(): Promise<undefined> {
    while (this.#sent < this.#blocks) {
      while (this.#sent - this.#confirmed >= WINDOW_BLOCKS && !this.hasEnded()) await this.#progressed.promise;
      if (this.hasEnded()) return;
      const block = await readBlock(this.#source, this.#sent);
      this.#sent += 1;
      if (!(await this.#channel?.sendData(block))) return;
    }
  }

  #end(why: FileEnd): void {
    void this.conclude(why, this.#channel);
  }

  /** Ends the transfer if a step finds that it must; the only errors of the steps are those of the source. */
  async #run(step: Promise<FileEnd | undefined>): Promise<void> {
    const why = await step.catch(() => 'unreadable' as const);
    if (why) this.#end(why);
  }
}
