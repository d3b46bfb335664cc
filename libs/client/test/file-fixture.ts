import type { PeerCallEnd } from '../src/index.js';
import { deferred } from '../src/deferred.js';
import { OutgoingFile, receiveFile, type FileSource, type IncomingFile } from '../src/files/index.js';
import { linkedChannels, type LinkedChannel } from './linked-channels.js';

/** A file transfer between two peers without a network. */
export interface Transfer {
  readonly outgoing: OutgoingFile;
  /** The ends of the channel: of the sender, of the receiver. */
  readonly channels: readonly [LinkedChannel, LinkedChannel];
  /** Resolves when the receiver has the offer. */
  readonly incoming: Promise<IncomingFile | undefined>;
  /** Ends the call at the sender, whose channels report nothing. */
  readonly hangUp: () => void;
}

/** Starts to send a file. The channel opens at once. */
export function transfer(source: FileSource): Transfer {
  const channels = linkedChannels();
  const closed = deferred<PeerCallEnd>();
  const openChannel = () => {
    setImmediate(() => channels[0].open());
    return channels[0];
  };
  const outgoing = new OutgoingFile({ openChannel, closed: closed.promise }, source);
  const incoming = receiveFile({ closed: new Promise(() => undefined) }, channels[1]);
  return { outgoing, channels, incoming, hangUp: () => closed.resolve('closed') };
}

/** The offer of a transfer. @throws Error if there is none. */
export async function offered({ incoming }: Transfer): Promise<IncomingFile> {
  const file = await incoming;
  if (!file) throw new Error('There is no offer.');
  return file;
}
