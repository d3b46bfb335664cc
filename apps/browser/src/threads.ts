import type { Call } from '@white-rabbit/client';
import { Conversation, LONGEST_TEXT, Thread } from '@white-rabbit/client/chat';
import type { ChangeHandlers } from './news.js';
import { SENTENCES } from './sentences.js';

/** Maximum texts that wait for the confirmation of the other peer. */
const MAX_UNCONFIRMED = 100;
const NOT_SENT = 'This text was not sent: there is no connection, or too many texts wait for the other side.';
const TOO_LONG = `This text was not sent: the limit is ${LONGEST_TEXT} characters.`;

/** The threads with all peers, and the conversations in them. */
export class Threads {
  readonly #nameOf: (peerId: string) => string;
  readonly #handlers: ChangeHandlers;
  readonly #threads = new Map<string, Thread>();

  /** @param nameOf the name that the user sees of a peer. */
  constructor(nameOf: (peerId: string) => string, handlers: ChangeHandlers) {
    this.#nameOf = nameOf;
    this.#handlers = handlers;
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
  }

  /** Ends all conversations. */
  hangup(): void {
    for (const { conversation } of this.#threads.values()) void conversation?.hangup();
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

  /** Begins a conversation with the peer of this call. */
  converse(call: Call): void {
    const thread = this.of(call.peerId);
    const name = (): string => this.#nameOf(call.peerId);
    const createConnection = (configuration: RTCConfiguration) => new RTCPeerConnection(configuration);
    const conversation: Conversation = new Conversation(call, createConnection, {
      onPhase: (phase, before) => {
        const notice = phase === 'connecting' ? undefined : SENTENCES.phase(phase, before, name());
        if (notice) thread.addNotice(notice.text, notice.tone);
        if (phase === 'talking' && before !== 'interrupted') addSeal(thread, call, name());
        this.#handlers.onChange();
      },
      onText: (text) => {
        thread.addReceived(text);
        this.#handlers.onNews({ kind: 'text', peerId: call.peerId });
        this.#handlers.onChange();
      },
      onDelivered: (count) => {
        if (thread.conversation === conversation) thread.markDelivered(count);
        this.#handlers.onChange();
      },
      onEnded: (why, wasRinging) => {
        if (thread.conversation === conversation) thread.endConversation();
        const { text, tone } = SENTENCES.end(why, name(), wasRinging);
        thread.addNotice(text, tone);
        this.#handlers.onChange();
      },
    });
    thread.conversation = conversation;
    if (conversation.isRingingHere) this.#handlers.onNews({ kind: 'ring', peerId: call.peerId });
    this.#handlers.onChange();
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

/** Records whether the call is sealed, with the code that the two users can compare. */
function addSeal(thread: Thread, call: Call, name: string): void {
  const { text, tone } = SENTENCES.seal(call, name);
  thread.addNotice(text, tone);
}
