import type { SharedFile } from '../files/shared-file.js';
import type { Messenger } from '../messenger.js';
import { element } from './element.js';
import { FileChooser } from './file-chooser.js';
import { FileRow, type FileHandlers } from './file-row.js';

/** The actions of a user on the files of a conversation. */
export interface FileListHandlers extends FileHandlers {
  /** The user has chosen files to send. */
  readonly onFiles: (files: readonly File[]) => void;
}

/** The files of the chosen conversation, and the ways to send more. */
export class SharedFileList {
  readonly #list = element('#files', HTMLUListElement);
  readonly #handlers: FileListHandlers;
  readonly #chooser: FileChooser;
  #rows = new Map<SharedFile, FileRow>();

  constructor(handlers: FileListHandlers) {
    this.#handlers = handlers;
    this.#chooser = new FileChooser(handlers.onFiles);
  }

  show(messenger: Messenger, peerId: string | undefined): void {
    const files = peerId === undefined ? [] : messenger.files.of(peerId);
    const canSend = peerId !== undefined && messenger.thread(peerId).conversation?.canSend === true;
    const rows = new Map(files.map((file) => [file, this.#rows.get(file) ?? new FileRow(file, this.#handlers)]));
    for (const [file, row] of this.#rows) if (!rows.has(file)) row.root.remove();
    for (const [file, row] of rows) {
      row.show(canSend);
      if (!this.#rows.has(file)) this.#list.append(row.root);
    }
    this.#rows = rows;
    this.#list.hidden = files.length === 0;
    this.#chooser.show(canSend);
  }
}
