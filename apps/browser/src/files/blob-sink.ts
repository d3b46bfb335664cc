import type { FileSink } from '@white-rabbit/client/files';

/** A place for a received file that the user saves, or not, after the file is complete. */
export interface BlobSink extends FileSink {
  /** The content of the file, after `finish`. */
  content(): Promise<Blob>;
  /**
   * Deletes the file if it is complete, and leaves an incomplete one to the next attempt. The last call. Never rejects.
   *
   * @param isRead the browser may still be copying the file to a download. Then a later page deletes it.
   */
  leave(isRead: boolean): Promise<void>;
}

/** The type of every received file: a browser saves such a file and never shows it as a page. */
export const FILE_TYPE = 'application/octet-stream';
