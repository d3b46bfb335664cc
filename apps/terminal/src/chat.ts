import {
  connect,
  type Call,
  type Client,
  type ConnectionState,
  type Delivery,
  type Identity,
  type Status,
} from '@white-rabbit/client';
import { Conversation, LONGEST_TEXT, type AddressBook, type CallPhase } from '@white-rabbit/client/chat';
import { COMMAND_HELP, KEY_HELP, parseCommand, type Command } from './command.js';
import type { Options } from './options.js';
import { createPeerConnection } from './peer-connection.js';
import type { Screen } from './screen.js';
import { sentenceOfOutage, SENTENCES } from './sentences.js';
import { serverView, viewOf, type ServerView } from './view.js';

/** The options of the command line and the identity of the profile. */
export interface ChatOptions extends Options {
  readonly identity: Identity;
}

/** Executes the commands of the user and shows what happens on a screen. It has one conversation at a time. */
export class Chat {
  /** Resolves with the exit code: 0, or 1 if the server refused the client or a command of a script failed. */
  readonly ended: Promise<0 | 1>;
  readonly #screen: Screen;
  readonly #book: AddressBook;
  readonly #options: ChatOptions;
  readonly #client: Client;
  readonly #ended = Promise.withResolvers<0 | 1>();
  /** Peers whose presence was shown before. */
  readonly #known = new Set<string>();
  #server: ServerView = { name: 'connecting' };
  #conversation: Conversation | undefined;
  #failed = false;
  #isLeaving = false;
  #wasOnline = false;
  /** The outage was reported: once, not for every attempt to reconnect. */
  #isOutageReported = false;

  /** @throws TypeError with a sentence for the user, if the address of the server is invalid. */
  constructor(screen: Screen, book: AddressBook, options: ChatOptions) {
    this.#screen = screen;
    this.#book = book;
    this.#options = options;
    this.ended = this.#ended.promise;
    this.#client = connect({
      url: options.url,
      licenseKey: options.key,
      ...options.identity,
      contacts: book.peerIds.filter((peerId) => peerId !== options.identity.peerId),
      transfer: options.transfer,
    });
    this.#client.on('state', (state) => this.#onState(state));
    this.#client.on('presence', ({ peerId, status }) => this.#onPresence(peerId, status));
    this.#client.on('ring', (call) => this.#onRing(call));
    this.#show();
  }

  /** Executes a typed line. Resolves with `false` if it failed. Never rejects. */
  async execute(line: string): Promise<boolean> {
    const done = await this.#run(parseCommand(line));
    this.#failed ||= !done;
    return done;
  }

  /** Hangs up, closes the connection to the server and ends. A second call does not wait for the hangup. */
  async quit(): Promise<void> {
    const isSecondCall = this.#isLeaving;
    this.#isLeaving = true;
    this.#show();
    if (!isSecondCall) await this.#hangupIfAny();
    this.#client.close();
    this.#ended.resolve(this.#failed && !this.#screen.interactive ? 1 : 0);
  }

  /** The input has ended. A script may be faster than the server, so the result of the registration is awaited. */
  async endInput(): Promise<void> {
    if (!this.#screen.interactive && !this.#wasOnline) this.#failed ||= !(await this.#client.online()).ok;
    await this.quit();
  }

  #run(command: Command): Promise<boolean> | boolean {
    switch (command.kind) {
      case 'call':
        return this.#call(command.peer);
      case 'accept':
        return this.#accept();
      case 'reject':
        return this.#reject();
      case 'hangup':
        return this.#hangup();
      case 'contacts':
        return this.#listContacts();
      case 'help':
        return this.#help();
      case 'quit':
        return this.endInput().then(() => true);
      case 'text':
        return this.#send(command.text);
      case 'unknown':
        return this.#fail(`There is no command /${command.word}. Try /help.`);
      case 'nothing':
        return true;
    }
  }

  async #call(peer: string | undefined): Promise<boolean> {
    const peerId = this.#findPeer(peer);
    if (peerId === undefined) return this.#fail(`Name a contact. ${this.#knownNames()}`);
    if (this.#conversation) return this.#fail('You already have a call. /hangup ends it.');
    // A script may be faster than the server.
    if (!this.#screen.interactive) await this.#client.online();
    this.#screen.notify(`Calling ${this.#book.nameOf(peerId)} …`, 'ring');
    return this.#converse(this.#client.call(peerId)).settled;
  }

  async #accept(): Promise<boolean> {
    const conversation = this.#conversation;
    if (!conversation?.isRingingHere) return this.#fail('There is no incoming call.');
    await conversation.accept();
    return conversation.settled;
  }

  async #reject(): Promise<boolean> {
    const conversation = this.#conversation;
    if (!conversation?.isRingingHere) return this.#fail('There is no incoming call.');
    return conversation.reject();
  }

  async #hangup(): Promise<boolean> {
    if (!this.#conversation) return this.#fail('There is no call.');
    return this.#hangupIfAny();
  }

  /** Texts that were not confirmed make the program fail, also if no user reads the sentence. */
  async #hangupIfAny(): Promise<boolean> {
    const conversation = this.#conversation;
    if (!conversation) return true;
    return this.#report(await conversation.hangup(), this.#book.nameOf(conversation.call.peerId));
  }

  /** Reports what was not delivered. `true` if everything was. */
  #report({ sent, confirmed }: Delivery, name: string): boolean {
    if (confirmed === sent) return true;
    this.#failed = true;
    return this.#fail(`${name} confirmed ${confirmed} of ${sent} lines, and may not have received the others.`);
  }

  async #send(text: string): Promise<boolean> {
    if (text.length > LONGEST_TEXT)
      return this.#fail(`This text was not sent: the limit is ${LONGEST_TEXT} characters.`);
    if ((await this.#conversation?.send(text))?.ok) {
      this.#screen.showSent(this.#options.name, text);
      return true;
    }
    return this.#fail(this.#conversation ? 'You are not connected yet.' : 'You have no call. Use /call NAME.');
  }

  #help(): true {
    for (const line of COMMAND_HELP) this.#screen.notify(line);
    if (this.#screen.interactive) this.#screen.notify(KEY_HELP);
    return true;
  }

  #listContacts(): true {
    if (this.#client.state.name !== 'online')
      this.#screen.notify('There is no connection to the server. Last known presence:', 'bad');
    if (this.#book.peerIds.length === 0) this.#screen.notify('You have no contacts. Start with --contacts.');
    for (const peerId of this.#book.peerIds) {
      const online = this.#client.presence.get(peerId) === 'ONLINE';
      this.#screen.notify(
        `${this.#book.nameOf(peerId)} is ${online ? 'online' : 'offline'}`,
        online ? 'good' : 'quiet',
      );
    }
    return true;
  }

  #onState(state: ConnectionState): void {
    this.#wasOnline ||= state.name === 'online';
    if (state.name === 'online') this.#screen.notify('Connected to the server.', 'good');
    if (state.name === 'waiting' && !this.#isOutageReported) this.#screen.notify(sentenceOfOutage(state.why), 'bad');
    if (state.name !== 'connecting') this.#isOutageReported = state.name === 'waiting';
    this.#server = serverView(state, performance.now());
    this.#show();
    if (state.name === 'ended' && state.why.code !== 1000) this.#onRefused(state);
  }

  #onRefused({ why }: Extract<ConnectionState, { name: 'ended' }>): void {
    this.#screen.notify(SENTENCES.refusal(why), 'bad');
    // An open conversation needs no server.
    void (this.#conversation?.over ?? Promise.resolve()).then(() => this.#ended.resolve(1));
  }

  #onPresence(peerId: string, status: Status): void {
    const online = status === 'ONLINE';
    const isNews = this.#known.has(peerId) || !this.#screen.keepsView;
    this.#known.add(peerId);
    const sentence = `${this.#book.nameOf(peerId)} is ${online ? 'online' : 'offline'}.`;
    if (isNews) this.#screen.notify(sentence, online ? 'good' : 'quiet');
    this.#show();
  }

  #onRing(call: Call): void {
    const name = this.#book.nameOf(call.peerId);
    if (this.#conversation) {
      void call.reject('busy');
      this.#screen.notify(`${name} called and received the answer that you are busy.`, 'ring');
      return;
    }
    const conversation = this.#converse(call);
    if (this.#options.accept && this.#book.has(call.peerId)) void conversation.accept();
    else this.#screen.notify(`${name} is calling. /accept or /reject?`, 'ring');
  }

  #converse(call: Call): Conversation {
    const name = this.#book.nameOf(call.peerId);
    const conversation: Conversation = new Conversation(
      call,
      (configuration) => createPeerConnection(this.#options.iceServer, configuration),
      {
        onPhase: (phase, before) => {
          this.#onPhase(name, phase, before);
          if (phase === 'talking' && before !== 'interrupted') this.#showSeal(call, name);
        },
        onText: (text) => this.#screen.showReceived(name, text),
        onDelivered: () => this.#show(),
        onEnded: (why, wasRinging) => {
          this.#conversation = undefined;
          const { text, tone } = SENTENCES.end(why, name, wasRinging);
          this.#screen.notify(text, tone);
          if (why !== 'closed') this.#report(conversation.delivery, name);
          this.#show();
        },
      },
    );
    this.#conversation = conversation;
    this.#show();
    return conversation;
  }

  #onPhase(name: string, phase: CallPhase, before: CallPhase): void {
    const notice = SENTENCES.phase(phase, before, name);
    if (notice) this.#screen.notify(notice.text, notice.tone);
    this.#show();
  }

  #showSeal(call: Call, name: string): void {
    const { text, tone } = SENTENCES.seal(call, name);
    this.#screen.notify(text, tone);
  }

  /** The peer id of a contact; without a name that of the only contact. */
  #findPeer(peer: string | undefined): string | undefined {
    if (peer !== undefined) return this.#book.find(peer);
    return this.#book.peerIds.length === 1 ? this.#book.peerIds[0] : undefined;
  }

  #knownNames(): string {
    return `Your contacts: ${this.#book.peerIds.map((peerId) => this.#book.nameOf(peerId)).join(', ') || 'none'}.`;
  }

  #fail(text: string): false {
    this.#screen.notify(text, 'bad');
    return false;
  }

  #show(): void {
    this.#screen.show(
      viewOf({
        me: this.#options.name,
        book: this.#book,
        client: this.#client,
        server: this.#isLeaving ? { name: 'leaving' } : this.#server,
        conversation: this.#conversation,
      }),
    );
  }
}
