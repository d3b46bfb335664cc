import type { PeerCall } from '../peer-call.js';
import type { DataChannel } from '../peer-connection.js';
import { FileChannel } from './file-channel.js';
import { FILE_LABEL } from './file-offer.js';
import type { FileSource } from './file-source.js';
import type { IncomingFile } from './incoming-file.js';
import { OutgoingFile } from './outgoing-file.js';
import { receiveFile } from './receive-file.js';

/** File transfers of one call in one direction at the same time, offers included. */
export const MAX_TRANSFERS = 4;
/** Further offers are declined with a reason, as long as the other side reads the reasons of so many others. */
const MAX_REFUSALS = 16;

/** All file transfers of one call. Create it before the call is open: an offer that arrives earlier is not seen. */
export class FileTransfers {
  readonly #peer: PeerCall;
  readonly #onFile: ((file: IncomingFile) => void) | undefined;
  #outgoing = 0;
  #incoming = 0;
  #refusals = 0;

  /** @param onFile receives each file that the other peer offers; without it, all are declined. */
  constructor(peer: PeerCall, onFile?: (file: IncomingFile) => void) {
    this.#peer = peer;
    this.#onFile = onFile;
    peer.on('channel', (channel) => {
      if (channel.label === FILE_LABEL) void this.#receive(channel);
    });
  }

  /** Offers a file. `undefined` if the call is not open, or if 4 files are being sent. */
  send(source: FileSource): OutgoingFile | undefined {
    const isOpen = this.#peer.state === 'open' || this.#peer.state === 'interrupted';
    if (!isOpen || this.#outgoing >= MAX_TRANSFERS) return undefined;
    this.#outgoing += 1;
    const file = new OutgoingFile(this.#peer, source);
    void file.ended.then(() => (this.#outgoing -= 1));
    return file;
  }

  async #receive(channel: DataChannel): Promise<void> {
    if (!this.#onFile || this.#incoming >= MAX_TRANSFERS) return this.#refuse(channel);
    this.#incoming += 1;
    try {
      const file = await receiveFile(this.#peer, channel);
      if (file) this.#onFile(file);
      await file?.ended;
    } finally {
      this.#incoming -= 1;
    }
  }

  async #refuse(channel: DataChannel): Promise<void> {
    const ignore = () => undefined;
    const handlers = { onMessage: ignore, onData: ignore, onFault: ignore, onClosed: ignore };
    const files = new FileChannel(this.#peer, channel, handlers);
    if (this.#refusals >= MAX_REFUSALS) {
      files.close();
      return;
    }
    this.#refusals += 1;
    if (await files.opened) await files.end('declined');
    this.#refusals -= 1;
  }
}
