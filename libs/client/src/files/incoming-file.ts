import { BlockHashes, HASH_BYTES } from './block-hashes.js';
import type { FileChannel } from './file-channel.js';
import type { FileMessage } from './file-message.js';
import { BLOCK_BYTES, blockCount, blockLength, type FileEnd, type FileOffer } from './file-offer.js';
import type { FileSink } from './file-sink.js';
import { FileTransfer } from './file-transfer.js';
import { GrantedBytes } from './granted-bytes.js';
import { WINDOW_BYTES } from './flow-window.js';

/** The ends that a sender can report. */
const ENDS_OF_SENDER: readonly FileEnd[] = ['cancelled', 'unreadable'];

/** A file that the other peer offers. Nothing is sent or written before `accept`. */
export class IncomingFile extends FileTransfer {
  readonly offer: FileOffer;
  readonly #channel: FileChannel;
  readonly #blocks: number;
  /** From `accept` on. */
  #bytes: GrantedBytes | undefined;
  /** From its first use on. */
  #sink: FileSink | undefined;
  /** Resolves with the end that the receiving side found; `undefined` if the transfer ended in another way. */
  #receiving: Promise<FileEnd | undefined> = Promise.resolve(undefined);
  /** Everything has arrived, and only the sink decides about the end. */
  #isFinishing = false;

  /** @internal `receiveFile` creates it. */
  constructor(channel: FileChannel, offer: FileOffer) {
    super(offer.name, offer.size, 'offered');
    this.offer = offer;
    this.#channel = channel;
    this.#blocks = blockCount(offer.size);
    channel.attach({
      onMessage: (message) => this.#take(message),
      onData: (bytes) => {
        if (!this.#bytes?.push(bytes)) this.#stop('broken');
      },
      onFault: () => this.#stop('broken'),
      onClosed: () => this.#stop('interrupted'),
    });
  }

  /**
   * Receives the file. Blocks that the sink has kept from an earlier attempt are checked and not sent again. Nothing
   * happens if the offer was answered before, or if the transfer has ended.
   */
  accept(sink: FileSink): void {
    if (this.state !== 'offered') return;
    const bytes = new GrantedBytes(Math.max(WINDOW_BYTES, this.#blocks * HASH_BYTES));
    bytes.grant(this.#blocks * HASH_BYTES);
    this.#bytes = bytes;
    this.enter('transferring');
    this.#channel.send({ type: 'accept' });
    void this.#run(sink, bytes);
  }

  /** Refuses the file. */
  decline(): void {
    if (this.state === 'offered') this.#stop('declined');
  }

  /** Stops the transfer for both sides, and deletes what is there. Nothing happens if it has ended, or is about to be done. */
  override cancel(): void {
    this.#stop('cancelled');
  }

  /** @internal */
  protected override async release(why: FileEnd): Promise<void> {
    this.#bytes?.stop();
    // The sink has one call at a time.
    await this.#receiving;
    if (why === 'broken' || why === 'cancelled') await this.#sink?.discard();
    else if (why !== 'done') await this.#sink?.close();
  }

  async #run(sink: FileSink, bytes: GrantedBytes): Promise<void> {
    this.#receiving = this.#receive(sink, bytes).catch(() => {
      this.#isFinishing = false;
      return 'unwritable' as const;
    });
    const why = await this.#receiving;
    if (why) void this.conclude(why, this.#channel);
  }

  /** @throws what the sink throws. */
  async #receive(sink: FileSink, bytes: GrantedBytes): Promise<FileEnd | undefined> {
    const list = await bytes.read(this.#blocks * HASH_BYTES);
    if (!list) return undefined;
    const hashes = new BlockHashes(list);
    if ((await hashes.fileHash()) !== this.offer.hash) return 'broken';
    this.#sink = sink;
    const first = await this.#checkKept(sink, hashes);
    if (this.hasEnded()) return undefined;
    bytes.grant(Math.min(WINDOW_BYTES, Math.max(0, this.size - first * BLOCK_BYTES)));
    this.#channel.send({ type: 'start', block: first });
    for (let block = first; block < this.#blocks; block += 1) {
      const fault = await this.#receiveBlock(sink, bytes, hashes, block);
      if (fault || this.hasEnded()) return fault;
    }
    if (this.hasEnded()) return undefined;
    this.#isFinishing = true;
    await sink.finish();
    return 'done';
  }

  /** How many blocks from the beginning are kept and right. */
  async #checkKept(sink: FileSink, hashes: BlockHashes): Promise<number> {
    const kept = Math.min(await sink.kept(), this.size);
    let block = 0;
    for (; block < this.#blocks && !this.hasEnded(); block += 1) {
      const length = blockLength(this.size, block);
      if (block * BLOCK_BYTES + length > kept) break;
      const bytes = await sink.readKept(block * BLOCK_BYTES, length);
      if (bytes.length !== length || !(await hashes.matches(block, bytes))) break;
      this.advance(block * BLOCK_BYTES + length);
    }
    return block;
  }

  /** Resolves with `broken` if the block does not have its hash. */
  async #receiveBlock(
    sink: FileSink,
    bytes: GrantedBytes,
    hashes: BlockHashes,
    block: number,
  ): Promise<'broken' | undefined> {
    const [offset, length] = [block * BLOCK_BYTES, blockLength(this.size, block)];
    const content = await bytes.read(length);
    if (!content) return undefined;
    if (!(await hashes.matches(block, content))) return 'broken';
    if (this.hasEnded()) return undefined;
    await sink.write(content, offset);
    // The window moves by one block.
    bytes.grant(Math.max(0, Math.min(BLOCK_BYTES, this.size - offset - WINDOW_BYTES)));
    this.#channel.send({ type: 'received', blocks: block + 1 });
    this.advance(offset + length);
    return undefined;
  }

  #take(message: FileMessage): void {
    if (message.type !== 'end') {
      this.#stop('broken');
      return;
    }
    const why = ENDS_OF_SENDER.includes(message.reason) ? message.reason : 'broken';
    this.#channel.close();
    if (!this.#isFinishing) void this.conclude(why);
  }

  #stop(why: FileEnd): void {
    if (!this.#isFinishing) void this.conclude(why, this.#channel);
  }
}
