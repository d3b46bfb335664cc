import type { Conversation } from '@white-rabbit/client/chat';
import type { FileEnd, FileTransfer, IncomingFile } from '@white-rabbit/client/files';
import { fileSink, fileSource } from '@white-rabbit/client/node';
import { typedPath } from '../typed-path.js';
import type { TransferView } from '../view.js';
import { refuse, type ChatContext } from './chat-context.js';
import { sentenceOfReceived, sentenceOfSent, sizeOf } from './file-sentences.js';

/** A file that the other peer offers and that the user has not answered. */
interface OpenOffer {
  readonly file: IncomingFile;
  /** The name of the other peer. */
  readonly from: string;
}

/** The commands for files, and the files that are on their way. The SDK limits both to 4 in each direction. */
export class FileCommands {
  readonly #context: ChatContext;
  readonly #running = new Map<FileTransfer, TransferView['direction']>();
  #offers: readonly OpenOffer[] = [];

  constructor(context: ChatContext) {
    this.#context = context;
  }

  get views(): readonly TransferView[] {
    return [...this.#running].map(([{ name, done, size }, direction]) => {
      return { name, direction, percent: size === 0 ? 0 : Math.floor((done / size) * 100) };
    });
  }

  /** Offers a file. Resolves with `true` when the other peer has all of it. */
  async send(typed: string, conversation: Conversation | undefined): Promise<boolean> {
    const { screen, contacts } = this.#context;
    if (typed === '') return refuse(screen, 'Use /send FILE.');
    if (!conversation) return refuse(screen, 'You have no call. Use /call NAME.');
    const source = await fileSource(typedPath(typed)).catch((error: unknown) => String(error));
    if (typeof source === 'string') return refuse(screen, source.replace(/^Error: /, ''));
    const file = conversation.sendFile(source);
    if (!file) {
      await source.close?.();
      return refuse(screen, conversation.canSend ? 'You are sending 4 files already.' : 'You are not connected yet.');
    }
    const to = contacts.book.nameOf(conversation.call.peerId);
    screen.notify(`Offering ${file.name} (${sizeOf(file.size)}) to ${to} …`);
    file.on('state', (state) => state === 'transferring' && screen.notify(`${to} accepted ${file.name}.`));
    const end = await this.#follow(file, 'out');
    screen.notify(sentenceOfSent(end, file.name, to), toneOf(end));
    return end === 'done';
  }

  /** The other peer offers a file. Nothing is written unless the user, or the option `--accept`, accepts it. */
  offered(file: IncomingFile, peerId: string): void {
    const { screen, options, contacts } = this.#context;
    const from = contacts.book.nameOf(peerId);
    const what = `${from} offers ${file.name} (${sizeOf(file.size)}).`;
    if (options.accept && options.downloads !== undefined && contacts.book.has(peerId)) {
      screen.notify(what, 'ring');
      void this.#receive({ file, from }, options.downloads);
      return;
    }
    screen.notify(`${what} /receive or /decline?`, 'ring');
    const offer = { file, from };
    this.#offers = [...this.#offers, offer];
    void file.ended.then((end) => {
      if (this.#take(offer)) screen.notify(sentenceOfReceived(end, file.name, from));
    });
  }

  /** Accepts the oldest offered file. Resolves with `true` when all of it is stored. */
  async receive(typed: string): Promise<boolean> {
    const { screen, options } = this.#context;
    const [oldest] = this.#offers;
    if (!oldest) return refuse(screen, 'No file is offered.');
    this.#take(oldest);
    return this.#receive(oldest, typed === '' ? (options.downloads ?? '.') : typedPath(typed));
  }

  /** Declines the oldest offered file. */
  decline(): boolean {
    const { screen } = this.#context;
    const [oldest] = this.#offers;
    if (!oldest) return refuse(screen, 'No file is offered.');
    this.#take(oldest);
    oldest.file.decline();
    screen.notify(sentenceOfReceived('declined', oldest.file.name, oldest.from));
    return true;
  }

  /** Stops all files that are on their way. */
  cancel(): boolean {
    if (this.#running.size === 0) return refuse(this.#context.screen, 'No file is on its way.');
    for (const file of this.#running.keys()) file.cancel();
    return true;
  }

  async #receive({ file, from }: OpenOffer, folder: string): Promise<boolean> {
    const { screen } = this.#context;
    const sink = fileSink(folder, file.offer);
    screen.notify(`Receiving ${file.name} from ${from} …`);
    file.accept(sink);
    const end = await this.#follow(file, 'in');
    screen.notify(sentenceOfReceived(end, file.name, from, { folder, path: sink.path }), toneOf(end));
    return end === 'done';
  }

  /** Shows the progress of a file until it has ended. */
  async #follow(file: FileTransfer, direction: TransferView['direction']): Promise<FileEnd> {
    const { show } = this.#context;
    this.#running.set(file, direction);
    show();
    file.on('progress', show);
    const end = await file.ended;
    this.#running.delete(file);
    show();
    return end;
  }

  /** Takes an offer out of the list. `false` if it was answered before. */
  #take(offer: OpenOffer): boolean {
    const others = this.#offers.filter((other) => other !== offer);
    const isOpen = others.length < this.#offers.length;
    this.#offers = others;
    return isOpen;
  }
}

function toneOf(end: FileEnd): 'good' | 'bad' | 'quiet' {
  if (end === 'done') return 'good';
  return end === 'declined' || end === 'cancelled' ? 'quiet' : 'bad';
}
