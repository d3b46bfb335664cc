/** A file that is sent: one of the file system, of a browser, or anything else that can be read at any place, twice. */
export interface FileSource {
  /** The name that the receiver sees; a path before it is removed. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Reads exactly `length` bytes at this place. A rejection ends the transfer as `unreadable`. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Called once, when the transfer has ended. */
  close?(): Promise<void>;
}

/** The part of a `File` of a browser that the SDK uses; a `Blob` with a name. */
export interface NamedBlob {
  readonly name: string;
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** A `File` that the user of a browser chose. */
export function blobSource(blob: NamedBlob): FileSource {
  return {
    name: blob.name,
    size: blob.size,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}
