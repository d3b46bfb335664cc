import type { Call } from '@white-rabbit/client';
import { Conversation, LONGEST_TEXT, Thread, type Notice } from '@white-rabbit/client/chat';
import type { IncomingFile } from '@white-rabbit/client/files';
import { noticeOfFileEnd, noticeOfNoOffer, noticeOfOffer } from './files/file-sentences.js';
import { SharedFiles } from './files/shared-files.js';
import type { ChangeHandlers } from './news.js';
import { SENTENCES } from './sentences.js';

/** Maximum texts that wait for the confirmation of the other peer. */
const MAX_UNCONFIRMED = 100;
const NOT_SENT = 'This text was not sent: there is no connection, or too many texts wait for the other side.';
const TOO_LONG = `This text was not sent: the limit is ${LONGEST_TEXT} characters.`;

/** The threads with all peers, with their conversations and files. */
export class Threads {
  readonly files: SharedFiles;
  readonly #nameOf: (peerId: string) => string;
  readonly #handlers: ChangeHandlers;
  readonly #threads = new Map<string, Thread>();

  /** @param nameOf the name that the user sees of a peer. */
  constructor(nameOf: (peerId: string) => string, handlers: ChangeHandlers) {
    this.#nameOf = nameOf;
    this.#handlers = handlers;
    this.files = new SharedFiles({
      onChange: handlers.onChange,
      onEnded: (peerId, file, end) => this.note(peerId, noticeOfFileEnd(file, end, nameOf(peerId))),
    });
  }

  get peerIds(): readonly string[] {
    return [...this.#threads.keys()];
  }

  /** The threads with an incoming call. */
  get ringing(): readonly Thread[] {
    return [...this.#threads.values()].filter(({ conversation }) => conversation?.phase === 'ringing here');
  }

  has(peerId: string): boolean {
    return this.#threads.has(peerId);
  }

  /** The thread with a peer; created if there is none. */
  of(peerId: string): Thread {
    const thread = this.#threads.get(peerId) ?? new Thread(peerId);
    this.#threads.set(peerId, thread);
    return thread;
  }

  delete(peerId: string): void {
    this.#threads.delete(peerId);
    this.files.removeAll(peerId);
  }

  /** Ends all conversations. */
  leave(): void {
    for (const { conversation } of this.#threads.values()) void conversation?.hangup();
    this.files.leave();
  }

  /** Sends a text. `false` if it was not sent; the thread says why. */
  send(peerId: string, text: string): boolean {
    const thread = this.of(peerId);
    const fault = text.length > LONGEST_TEXT ? TOO_LONG : trySend(thread, text);
    if (fault === undefined) thread.addSent(text);
    else thread.addNotice(fault, 'bad');
    this.#handlers.onChange();
    return fault === undefined;
  }

  /** Offers files. If one was not offered, the thread says why. */
  sendFiles(peerId: string, files: readonly File[]): void {
    for (const file of files) {
      if (this.files.send(peerId, this.of(peerId).conversation, file)) continue;
      this.note(peerId, noticeOfNoOffer(file.name, this.#nameOf(peerId)));
    }
  }

  /** Begins a conversation with a peer that calls. It has lost the one that may still look open here. */
  ring(call: Call): void {
    const { conversation } = this.of(call.peerId);
    if (conversation) this.#lose(call.peerId, conversation);
    this.converse(call);
  }

  /** Begins a conversation with the peer of this call. */
  converse(call: Call): void {
    const thread = this.of(call.peerId);
    const name = (): string => this.#nameOf(call.peerId);
    const createConnection = (configuration: RTCConfiguration) => new RTCPeerConnection(configuration);
    const conversation: Conversation = new Conversation(call, createConnection, {
      onPhase: (phase, before) => {
        const notice = phase === 'connecting' ? undefined : SENTENCES.phase(phase, before, name());
        if (notice) this.note(call.peerId, notice);
        if (phase === 'talking' && before !== 'interrupted') this.note(call.peerId, SENTENCES.seal(call, name()));
        this.#handlers.onChange();
      },
      onText: (text) => {
        thread.addReceived(text);
        this.#handlers.onNews({ kind: 'text', peerId: call.peerId });
        this.#handlers.onChange();
      },
      onFile: (file) => this.#receive(call.peerId, file),
      onDelivered: (count) => {
        if (thread.conversation === conversation) thread.markDelivered(count);
        this.#handlers.onChange();
      },
      onEnded: (why, wasRinging) => {
        // The thread has the end of a lost conversation already.
        if (thread.conversation !== conversation) return;
        thread.endConversation();
        this.note(call.peerId, SENTENCES.end(why, name(), wasRinging));
      },
    });
    thread.conversation = conversation;
    if (conversation.isRingingHere) this.#handlers.onNews({ kind: 'ring', peerId: call.peerId });
    this.#handlers.onChange();
  }

  /** Adds a sentence to a thread, unless it was removed. */
  note(peerId: string, { text, tone }: Notice): void {
    this.#threads.get(peerId)?.addNotice(text, tone);
    this.#handlers.onChange();
  }

  /** Ends a conversation before the next begins, so that its texts are not taken for those of the next. */
  #lose(peerId: string, conversation: Conversation): void {
    const wasRinging = conversation.phase === 'ringing here';
    this.of(peerId).endConversation();
    void conversation.hangup();
    this.note(peerId, SENTENCES.end(wasRinging ? 'cancelled' : 'lost', this.#nameOf(peerId), wasRinging));
  }

  #receive(peerId: string, transfer: IncomingFile): void {
    const file = this.files.receive(peerId, transfer);
    this.#handlers.onNews({ kind: 'file', peerId });
    this.note(peerId, noticeOfOffer(file, this.#nameOf(peerId)));
  }
}

/** Why the text was not sent. It waits in the channel if the other peer does not read, but not without limit. */
function trySend({ conversation }: Thread, text: string): string | undefined {
  if (!conversation?.canSend) return NOT_SENT;
  const { sent, confirmed } = conversation.delivery;
  if (sent - confirmed >= MAX_UNCONFIRMED) return NOT_SENT;
  void conversation.send(text);
  return undefined;
}
