import { IncomingFile } from '@white-rabbit/client/files';

/** The SHA-256 of no hashes: the file has no blocks. */
const HASH_OF_NOTHING = '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';

type Channel = ConstructorParameters<typeof IncomingFile>[0];

/** A file without content that the other user offers. It arrives as soon as this user accepts it. */
export function offeredFile(name: string): IncomingFile {
  const nothing = (): undefined => undefined;
  const channel = { attach: nothing, send: nothing, end: () => Promise.resolve(), close: nothing };
  // Only these methods of the channel are used.
  return new IncomingFile(channel as unknown as Channel, { name, size: 0, hash: HASH_OF_NOTHING });
}
