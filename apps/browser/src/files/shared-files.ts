import type { Conversation } from '@white-rabbit/client/chat';
import { blobSource, type FileEnd, type IncomingFile, type OutgoingFile } from '@white-rabbit/client/files';
import { ReceivedFiles } from './received-files.js';
import { SharedFile } from './shared-file.js';

/** Files that are shown of one peer. Beyond it, the oldest that has ended is removed, but none that the user can still save. */
const MAX_SHOWN = 30;
/** The page shows progress at most this often. Milliseconds. */
const PROGRESS_EVERY_MS = 100;

/** Callbacks of the files. */
export interface SharedFilesHandlers {
  readonly onChange: () => void;
  /** Called once for each file. */
  readonly onEnded: (peerId: string, file: SharedFile, end: FileEnd) => void;
}

/** The files that this user and the other peers have offered to each other since the page was opened. */
export class SharedFiles {
  readonly #handlers: SharedFilesHandlers;
  readonly #received = new ReceivedFiles();
  readonly #files = new Map<string, SharedFile[]>();
  #shownAt = 0;

  constructor(handlers: SharedFilesHandlers) {
    this.#handlers = handlers;
  }

  /** The files of one peer, in the order of their offers. */
  of(peerId: string): readonly SharedFile[] {
    return this.#files.get(peerId) ?? [];
  }

  /** Offers a file. `false` if there is no connection, or if 4 files are being sent. */
  send(peerId: string, conversation: Conversation | undefined, source: File): boolean {
    const transfer = conversation?.sendFile(blobSource(source));
    if (!transfer) return false;
    this.#add(peerId, transfer, source);
    return true;
  }

  /** Shows a file that the other peer offers. */
  receive(peerId: string, transfer: IncomingFile): SharedFile {
    return this.#add(peerId, transfer, undefined);
  }

  accept(file: SharedFile): void {
    void file.accept(this.#received);
  }

  /** Shows a file no more, and stops it if it is on its way. */
  remove(peerId: string, file: SharedFile): void {
    this.#files.set(
      peerId,
      this.of(peerId).filter((other) => other !== file),
    );
    file.stop();
    void file.leave();
    this.#handlers.onChange();
  }

  /** Shows no file of this peer any more. */
  removeAll(peerId: string): void {
    for (const file of this.of(peerId)) this.remove(peerId, file);
  }

  /** The user has left: the page keeps no file that is complete. */
  leave(): void {
    for (const files of this.#files.values()) for (const file of files) void file.leave();
  }

  #add(peerId: string, transfer: OutgoingFile | IncomingFile, source: File | undefined): SharedFile {
    const file: SharedFile = new SharedFile(transfer, source, (isProgress) => this.#onChange(isProgress));
    const others = this.of(peerId).filter((other) => !isEarlierAttempt(other, file));
    this.#files.set(peerId, [...others, file]);
    const ended = others.find(({ isOver }) => isOver);
    if (others.length >= MAX_SHOWN && ended) this.remove(peerId, ended);
    void file.ended.then((end) => {
      this.#handlers.onEnded(peerId, file, end);
      // An offer that was never accepted leaves nothing to show.
      if (!file.isMine && !file.wasAccepted) this.remove(peerId, file);
    });
    this.#handlers.onChange();
    return file;
  }

  #onChange(isProgress: boolean): void {
    if (isProgress && Date.now() - this.#shownAt < PROGRESS_EVERY_MS) return;
    this.#shownAt = Date.now();
    this.#handlers.onChange();
  }
}

/** Whether the file is offered again after it did not arrive. */
function isEarlierAttempt(earlier: SharedFile, { name, size, isMine }: SharedFile): boolean {
  const hasFailed = earlier.isOver && earlier.state !== 'done';
  return hasFailed && earlier.isMine === isMine && earlier.name === name && earlier.size === size;
}
