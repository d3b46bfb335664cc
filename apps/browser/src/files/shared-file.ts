import { OutgoingFile, type FileEnd, type FileTransferState, type IncomingFile } from '@white-rabbit/client/files';
import type { BlobSink } from './blob-sink.js';
import type { ReceivedFiles } from './received-files.js';

/** The state of a file as the page shows it. */
export type SharedFileState = Exclude<FileTransferState, 'ended'> | FileEnd;

/** A file that one of the two users of a conversation has offered to the other. */
export class SharedFile {
  readonly transfer: OutgoingFile | IncomingFile;
  /** The file of this user, which can be sent again. */
  readonly source: File | undefined;
  /** Resolves when the file has ended and, if it has arrived, can be saved. Never rejects. */
  readonly ended: Promise<FileEnd>;
  readonly #onChange: (isProgress: boolean) => void;
  #end: FileEnd | undefined;
  #wasAccepted = false;
  #isAccepting = false;
  #sink: BlobSink | undefined;
  #content: Blob | undefined;
  #wasSaved = false;

  /** @param source the file, if this user has offered it. @param onChange called after every change of state or progress. */
  constructor(
    transfer: OutgoingFile | IncomingFile,
    source: File | undefined,
    onChange: (isProgress: boolean) => void,
  ) {
    this.transfer = transfer;
    this.source = source;
    this.#onChange = onChange;
    transfer.on('state', () => this.#onState());
    transfer.on('progress', () => onChange(true));
    this.ended = transfer.ended.then((why) => this.#onEnded(why));
  }

  get name(): string {
    return this.transfer.name;
  }

  /** Bytes. */
  get size(): number {
    return this.transfer.size;
  }

  /** Bytes that the receiver has. */
  get done(): number {
    return this.transfer.done;
  }

  get isMine(): boolean {
    return this.transfer instanceof OutgoingFile;
  }

  get state(): SharedFileState {
    const { state } = this.transfer;
    // A moment before `ended` resolves, the transfer has ended and its reason is not known yet.
    return this.#end ?? (state === 'ended' ? 'transferring' : state);
  }

  /** Whether the receiver has accepted the file. */
  get wasAccepted(): boolean {
    return this.#wasAccepted;
  }

  /** Whether the file has arrived and can be saved. */
  get isComplete(): boolean {
    return this.#content !== undefined;
  }

  /** Whether the file has ended, and nothing is lost if it is shown no more. */
  get isOver(): boolean {
    return this.#end !== undefined && (!this.isComplete || this.#wasSaved);
  }

  /** The received file, for the user to save. `undefined` if it is not complete. */
  take(): Blob | undefined {
    this.#wasSaved = this.isComplete;
    return this.#content;
  }

  /** Receives the file, if the other user has offered it. */
  async accept(received: Pick<ReceivedFiles, 'sinkFor'>): Promise<void> {
    const { transfer } = this;
    if (transfer instanceof OutgoingFile || !this.#isOffered() || this.#isAccepting) return;
    this.#isAccepting = true;
    const sink = await received.sinkFor(transfer.offer);
    // This user may have declined meanwhile, or the call may have ended. What an earlier attempt kept stays.
    if (!this.#isOffered()) {
      await sink.close();
      await sink.leave(false);
      return;
    }
    this.#sink = sink;
    transfer.accept(sink);
  }

  /** Refuses a file that is offered, and stops one that is on its way. */
  stop(): void {
    const { transfer } = this;
    if (transfer instanceof OutgoingFile || transfer.state !== 'offered') transfer.cancel();
    else transfer.decline();
  }

  /** The page shows the file no more: when it has ended, deletes it, except what the next attempt needs. */
  async leave(): Promise<void> {
    await this.ended;
    await this.#sink?.leave(this.#wasSaved);
  }

  #isOffered(): boolean {
    return this.transfer.state === 'offered';
  }

  #onState(): void {
    this.#wasAccepted ||= this.transfer.state === 'transferring';
    this.#onChange(false);
  }

  async #onEnded(why: FileEnd): Promise<FileEnd> {
    if (why === 'done') this.#content = await this.#arrived();
    const end = why === 'done' && !this.isMine && !this.isComplete ? 'unwritable' : why;
    if (end !== 'done') await this.#sink?.leave(false);
    this.#end = end;
    this.#onChange(false);
    return end;
  }

  /** The received file. `undefined` if the browser has lost a part of it, or cannot read it. */
  async #arrived(): Promise<Blob | undefined> {
    const content = await this.#sink?.content().catch(() => undefined);
    return content?.size === this.size ? content : undefined;
  }
}
