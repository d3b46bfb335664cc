import type { Call, Delivery } from '@white-rabbit/client';
import { Conversation, isGeneratedPeerId, LONGEST_TEXT, type CallPhase } from '@white-rabbit/client/chat';
import { createPeerConnection } from '../peer-connection.js';
import { SENTENCES } from '../sentences.js';
import { namesOf, refuse, type ChatContext } from './chat-context.js';
import type { FileCommands } from './file-commands.js';

/** Why a text was not sent. */
const NOT_SENT = {
  not_open: 'You are not connected yet.',
  too_long: 'This text was not sent: the client of the other peer does not accept texts of this length.',
  full: 'This text was not sent: too much waits for the other peer, which does not read.',
} as const;

/** The commands for calls and texts. There is one conversation at a time; a call of another peer is answered with `busy`. */
export class CurrentCall {
  readonly #context: ChatContext;
  readonly #files: FileCommands;
  readonly #onUndelivered: () => void;
  #conversation: Conversation | undefined;
  /** Calls that others have replaced, until it is known what of them was delivered. */
  readonly #replaced = new Set<Promise<unknown>>();

  /** @param onUndelivered called if a call has ended and the other peer has not confirmed every text. */
  constructor(context: ChatContext, files: FileCommands, onUndelivered: () => void) {
    this.#context = context;
    this.#files = files;
    this.#onUndelivered = onUndelivered;
  }

  get conversation(): Conversation | undefined {
    return this.#conversation;
  }

  /** Calls a contact or a peer id; without either the only contact. `true` once the peers are connected. */
  async call(word: string): Promise<boolean> {
    const { screen, client, contacts } = this.#context;
    const peerId = this.#findPeer(word);
    if (peerId === undefined) return refuse(screen, this.#whatToCall(word));
    const name = contacts.book.nameOf(peerId);
    if (contacts.book.isBlocked(peerId)) return refuse(screen, `You blocked ${name}. Type /unblock ${name} first.`);
    // A script may be faster than the server. In the meantime another call may come.
    if (!screen.interactive) await client.online();
    if (this.#conversation) return refuse(screen, 'You already have a call. /hangup ends it.');
    screen.notify(`Calling ${name} …`, 'ring');
    return this.#converse(client.call(peerId)).settled;
  }

  async accept(): Promise<boolean> {
    const conversation = this.#conversation;
    if (!conversation?.isRingingHere) return refuse(this.#context.screen, 'There is no incoming call.');
    await conversation.accept();
    return conversation.settled;
  }

  async reject(): Promise<boolean> {
    const conversation = this.#conversation;
    if (!conversation?.isRingingHere) return refuse(this.#context.screen, 'There is no incoming call.');
    return conversation.reject();
  }

  async hangup(): Promise<boolean> {
    if (!this.#conversation) return refuse(this.#context.screen, 'There is no call.');
    return this.end();
  }

  /** Ends the call if there is one. `false` if the other peer has not confirmed every text. */
  async end(): Promise<boolean> {
    const conversation = this.#conversation;
    return !conversation || this.#report(await conversation.hangup(), this.#nameOf(conversation.call));
  }

  /** Ends the call if there is one. Resolves when it is known what was delivered, also of calls that this one has replaced. */
  async endAll(): Promise<void> {
    await Promise.all([this.end(), ...this.#replaced]);
  }

  /** Rejects or ends the call if it is with this peer. */
  async endWith(peerId: string): Promise<void> {
    if (this.#conversation?.call.peerId !== peerId) return;
    if (this.#conversation.isRingingHere) await this.#conversation.reject();
    else await this.end();
  }

  async sendText(text: string): Promise<boolean> {
    const { screen, options } = this.#context;
    if (text.length > LONGEST_TEXT)
      return refuse(screen, `This text was not sent: the limit is ${LONGEST_TEXT} characters.`);
    if (!this.#conversation) return refuse(screen, 'You have no call. Use /call NAME.');
    const result = await this.#conversation.send(text);
    if (!result.ok) return refuse(screen, NOT_SENT[result.reason]);
    screen.showSent(options.name, text);
    return true;
  }

  /** An incoming call. */
  ring(call: Call): void {
    const { screen, options, contacts } = this.#context;
    if (contacts.book.isBlocked(call.peerId)) {
      void call.reject();
      return;
    }
    const name = this.#nameOf(call);
    if (this.#conversation && this.#conversation.call.peerId !== call.peerId) {
      void call.reject('busy');
      screen.notify(`${name} called and received the answer that you are busy.`, 'ring');
      return;
    }
    if (this.#conversation) this.#replace(this.#conversation);
    const conversation = this.#converse(call);
    const isContact = contacts.book.has(call.peerId);
    if (options.accept && isContact) {
      void conversation.accept();
      return;
    }
    screen.notify(`${name} is calling. /accept or /reject?`, 'ring');
    if (!isContact) screen.notify('This peer is not one of your contacts. /block declines all its calls.', 'bad');
  }

  /** The peer calls again, for example after a crash: its side of this conversation is gone. */
  #replace(conversation: Conversation): void {
    const name = this.#nameOf(conversation.call);
    this.#conversation = undefined;
    this.#context.screen.notify(`The call with ${name} has ended: ${name} calls again.`);
    const reported = conversation.hangup().then((delivery) => {
      this.#report(delivery, name);
      this.#replaced.delete(reported);
    });
    this.#replaced.add(reported);
  }

  #converse(call: Call): Conversation {
    const { screen, options, show } = this.#context;
    const name = this.#nameOf(call);
    const conversation: Conversation = new Conversation(
      call,
      (configuration) => createPeerConnection(options.iceServer, configuration),
      {
        onPhase: (phase, before) => this.#onPhase(call, name, phase, before),
        onText: (text) => screen.showReceived(name, text),
        onFile: (file) => this.#files.offered(file, call.peerId),
        onDelivered: show,
        onEnded: (why, wasRinging) => {
          // Of a conversation that another has replaced, the user has read the end.
          if (this.#conversation !== conversation) return;
          this.#conversation = undefined;
          const { text, tone } = SENTENCES.end(why, name, wasRinging);
          screen.notify(text, tone);
          if (why !== 'closed') this.#report(conversation.delivery, name);
          show();
        },
      },
    );
    this.#conversation = conversation;
    show();
    return conversation;
  }

  #onPhase(call: Call, name: string, phase: CallPhase, before: CallPhase): void {
    const { screen, show } = this.#context;
    const notice = SENTENCES.phase(phase, before, name);
    if (notice) screen.notify(notice.text, notice.tone);
    if (phase === 'talking' && before !== 'interrupted') {
      const seal = SENTENCES.seal(call, name);
      screen.notify(seal.text, seal.tone);
    }
    show();
  }

  /** Reports what was not delivered. `true` if everything was. */
  #report({ sent, confirmed }: Delivery, name: string): boolean {
    if (confirmed === sent) return true;
    this.#onUndelivered();
    const { screen } = this.#context;
    return refuse(screen, `${name} confirmed ${confirmed} of ${sent} lines, and may not have received the others.`);
  }

  #nameOf(call: Call): string {
    return this.#context.contacts.book.nameOf(call.peerId);
  }

  #findPeer(word: string): string | undefined {
    const { book } = this.#context.contacts;
    if (word === '') return book.peerIds.length === 1 ? book.peerIds[0] : undefined;
    return book.find(word) ?? (isGeneratedPeerId(word) ? word : undefined);
  }

  #whatToCall(word: string): string {
    const names = namesOf(this.#context.contacts.book);
    if (word === '') return `Name a contact or a peer id. ${names}`;
    return `There is no contact ${word}. ${names} Use /call PEER_ID, or exchange invitations: /invite in the client of ${word} shows a link, and /add LINK in this one adds it.`;
  }
}
