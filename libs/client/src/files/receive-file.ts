import type { PeerCall } from '../peer-call.js';
import type { DataChannel } from '../peer-connection.js';
import { FileChannel } from './file-channel.js';
import type { FileMessage, SentEnd } from './file-message.js';
import { safeFileName } from './file-name.js';
import { FILE_LABEL, MAX_FILE_BYTES } from './file-offer.js';
import { IncomingFile } from './incoming-file.js';

/** A peer that opens a channel offers a file in this time. Milliseconds. */
const OFFER_WITHIN_MS = 30_000;

/**
 * Receives the offer of a file over a channel that the other peer opened (event `channel` of a `PeerCall`). Resolves with
 * `undefined` if the channel has another label; or if no offer, a malformed one or one of a file that is too large arrives,
 * which closes the channel. Never rejects.
 */
export function receiveFile(peer: Pick<PeerCall, 'closed'>, channel: DataChannel): Promise<IncomingFile | undefined> {
  if (channel.label !== FILE_LABEL) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const settle = (file?: IncomingFile) => {
      clearTimeout(late);
      resolve(file);
    };
    const refuse = (why: SentEnd) => {
      void files.end(why);
      settle();
    };
    const files = new FileChannel(peer, channel, {
      // The file attaches its own handlers before the next message.
      onMessage: (message) => {
        if (message.type === 'end') {
          files.close();
          settle();
          return;
        }
        const offer = checkedOffer(message);
        if (typeof offer === 'string') refuse(offer);
        else settle(new IncomingFile(files, offer));
      },
      onData: () => refuse('broken'),
      onFault: () => refuse('broken'),
      onClosed: () => settle(),
    });
    const late = setTimeout(() => refuse('broken'), OFFER_WITHIN_MS);
  });
}

/** The offer in a first message, or why it is refused. */
function checkedOffer(message: FileMessage): IncomingFile['offer'] | SentEnd {
  if (message.type !== 'offer') return 'broken';
  const { name, size, hash } = message;
  return size > MAX_FILE_BYTES ? 'too_large' : { name: safeFileName(name), size, hash };
}
