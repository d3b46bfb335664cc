import { connect, type Call, type Client, type LineState, type Status, type Identity } from '@white-rabbit/client';
import type { AddressBook } from './address-book.js';
import { chatView, serverView } from './chat-view.js';
import { LONGEST_TEXT } from './clean-text.js';
import { COMMAND_HELP, KEY_HELP, parseCommand, type Command } from './command.js';
import { Conversation } from './conversation.js';
import type { Options } from './options.js';
import { createPeerConnection } from './peer-connection.js';
import type { Screen } from './screen.js';
import { sentenceOfEnd, sentenceOfRefusal, sentenceOfWait } from './sentences.js';
import type { Stage } from './stage.js';
import type { ServerView } from './view.js';

/** Who talks, and how it was started. */
export interface ChatOptions extends Options {
  readonly identity: Identity;
}

/** The one in front of a screen, the server, and the one they talk to: one conversation at a time. */
export class Chat {
  /** Resolves with the exit code: 0, or 1 where the server refused or a command of a script failed. */
  readonly ended: Promise<0 | 1>;
  readonly #screen: Screen;
  readonly #book: AddressBook;
  readonly #options: ChatOptions;
  readonly #client: Client;
  readonly #ended = Promise.withResolvers<0 | 1>();
  /** Whose presence was told before. */
  readonly #told = new Set<string>();
  #server: ServerView = { name: 'connecting' };
  #conversation: Conversation | undefined;
  #failed = false;
  #isLeaving = false;
  #wasOnline = false;
  /** The loss of the connection was told: once, not for every attempt to come back. */
  #isOutageTold = false;

  /** @throws TypeError with a sentence, where the address of the server cannot be one. */
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

  /** Does what a typed line wants; resolves when that is done, with `false` where it could not be. Never rejects. */
  async obey(line: string): Promise<boolean> {
    const done = await this.#do(parseCommand(line));
    this.#failed ||= !done;
    return done;
  }

  /** Hangs up, says goodbye to the server, and is over. Asked a second time it waits for nobody. */
  async quit(): Promise<void> {
    const isHurried = this.#isLeaving;
    this.#isLeaving = true;
    this.#show();
    if (!isHurried) await this.#hangupIfAny();
    this.#client.close();
    this.#ended.resolve(this.#failed && !this.#screen.interactive ? 1 : 0);
  }

  /** The input has ended. A script may be faster than the server: what the server says of its license is awaited. */
  async endInput(): Promise<void> {
    if (!this.#screen.interactive && !this.#wasOnline) this.#failed ||= !(await this.#client.online()).ok;
    await this.quit();
  }

  #do(command: Command): Promise<boolean> | boolean {
    switch (command.kind) {
      case 'call':
        return this.#call(command.who);
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
      case 'say':
        return this.#say(command.text);
      case 'unknown':
        return this.#sorry(`There is no command /${command.word}. Try /help.`);
      case 'nothing':
        return true;
    }
  }

  async #call(who: string | undefined): Promise<boolean> {
    const peerId = this.#whom(who);
    if (peerId === undefined) return this.#sorry(`Call whom? ${this.#knownNames()}`);
    if (this.#conversation) return this.#sorry('You are in a call already. /hangup ends it.');
    // A script may be faster than the server.
    if (!this.#screen.interactive) await this.#client.online();
    this.#screen.tell(`Calling ${this.#book.nameOf(peerId)} …`, 'ring');
    return this.#converse(this.#client.call(peerId)).settled;
  }

  async #accept(): Promise<boolean> {
    const conversation = this.#conversation;
    if (!conversation?.isRingingHere) return this.#sorry('Nobody is calling.');
    await conversation.accept();
    return conversation.settled;
  }

  async #reject(): Promise<boolean> {
    const conversation = this.#conversation;
    if (!conversation?.isRingingHere) return this.#sorry('Nobody is calling.');
    return (await conversation.reject()).ok;
  }

  async #hangup(): Promise<boolean> {
    if (!this.#conversation) return this.#sorry('There is no call.');
    return this.#hangupIfAny();
  }

  /** Lines that did not arrive are a failure, also where nobody reads the sentence. */
  async #hangupIfAny(): Promise<boolean> {
    const conversation = this.#conversation;
    const isDelivered = (await conversation?.hangup()) ?? true;
    if (!isDelivered && conversation) this.#onUnsent(this.#book.nameOf(conversation.call.peerId));
    return isDelivered;
  }

  #onUnsent(name: string): void {
    this.#failed = true;
    this.#sorry(`Your last lines may not have reached ${name}.`);
  }

  async #say(text: string): Promise<boolean> {
    if (text.length > LONGEST_TEXT) return this.#sorry(`That is too long: ${LONGEST_TEXT} characters at once.`);
    if ((await this.#conversation?.send(text)) === true) {
      this.#screen.echo(this.#options.name, text);
      return true;
    }
    return this.#sorry(this.#conversation ? 'Not yet: you are not connected.' : 'You talk to nobody. /call somebody.');
  }

  #help(): true {
    for (const line of COMMAND_HELP) this.#screen.tell(line);
    if (this.#screen.interactive) this.#screen.tell(KEY_HELP);
    return true;
  }

  #listContacts(): true {
    if (this.#client.state.name !== 'online')
      this.#screen.tell('There is no connection to the server. What was last known:', 'bad');
    if (this.#book.peerIds.length === 0) this.#screen.tell('You have no contacts. Start with --contacts.');
    for (const peerId of this.#book.peerIds) {
      const online = this.#client.presence.get(peerId) === 'ONLINE';
      this.#screen.tell(`${this.#book.nameOf(peerId)} is ${online ? 'online' : 'offline'}`, online ? 'good' : 'quiet');
    }
    return true;
  }

  #onState(state: LineState): void {
    this.#wasOnline ||= state.name === 'online';
    if (state.name === 'online') this.#screen.tell('Connected to the server.', 'good');
    if (state.name === 'waiting' && !this.#isOutageTold) this.#screen.tell(sentenceOfWait(state.why), 'bad');
    if (state.name !== 'connecting') this.#isOutageTold = state.name === 'waiting';
    this.#server = serverView(state, performance.now());
    this.#show();
    if (state.name === 'ended' && state.why.code !== 1000) this.#onRefused(state);
  }

  #onRefused({ why }: Extract<LineState, { name: 'ended' }>): void {
    this.#screen.tell(sentenceOfRefusal(why), 'bad');
    // Those who are talking need no server.
    void (this.#conversation?.over ?? Promise.resolve()).then(() => this.#ended.resolve(1));
  }

  #onPresence(peerId: string, status: Status): void {
    const online = status === 'ONLINE';
    const isNews = this.#told.has(peerId) || !this.#screen.keepsView;
    this.#told.add(peerId);
    const sentence = `${this.#book.nameOf(peerId)} is ${online ? 'online' : 'offline'}.`;
    if (isNews) this.#screen.tell(sentence, online ? 'good' : 'quiet');
    this.#show();
  }

  #onRing(call: Call): void {
    const name = this.#book.nameOf(call.peerId);
    if (this.#conversation) {
      void call.reject('busy');
      this.#screen.tell(`${name} called, and was told that you are busy.`, 'ring');
      return;
    }
    const conversation = this.#converse(call);
    if (this.#options.accept && this.#book.has(call.peerId)) void conversation.accept();
    else this.#screen.tell(`${name} is calling. /accept or /reject?`, 'ring');
  }

  #converse(call: Call): Conversation {
    const name = this.#book.nameOf(call.peerId);
    let rang = call.role === 'callee';
    const conversation: Conversation = new Conversation(
      call,
      (given) => createPeerConnection(this.#options.iceServer, given),
      {
        onStage: (stage, before) => {
          rang &&= stage === 'ringing here';
          this.#tellStage(name, stage, before);
          this.#show();
        },
        onText: (text) => this.#screen.hear(name, text),
        onEnded: (why) => {
          this.#conversation = undefined;
          this.#screen.tell(sentenceOfEnd(why, name, rang), why === 'closed' ? 'quiet' : 'bad');
          if (why !== 'closed' && !conversation.isConfirmed) this.#onUnsent(name);
          this.#show();
        },
      },
    );
    this.#conversation = conversation;
    this.#show();
    return conversation;
  }

  #tellStage(name: string, stage: Stage, before: Stage): void {
    if (stage === 'connecting') this.#screen.tell(`Looking for a way to ${name} …`);
    if (stage === 'interrupted') this.#screen.tell(`The connection to ${name} is interrupted …`, 'bad');
    if (stage !== 'talking') return;
    const isBack = before === 'interrupted';
    const way = `Connected to ${name}. What you type goes straight there, past any server.`;
    this.#screen.tell(isBack ? `The connection to ${name} is there again.` : way, 'good');
  }

  /** A name, or the one contact there is. */
  #whom(who: string | undefined): string | undefined {
    if (who !== undefined) return this.#book.find(who);
    return this.#book.peerIds.length === 1 ? this.#book.peerIds[0] : undefined;
  }

  #knownNames(): string {
    return `Your contacts: ${this.#book.peerIds.map((peerId) => this.#book.nameOf(peerId)).join(', ') || 'none'}.`;
  }

  #sorry(text: string): false {
    this.#screen.tell(text, 'bad');
    return false;
  }

  #show(): void {
    this.#screen.show(
      chatView({
        me: this.#options.name,
        book: this.#book,
        client: this.#client,
        server: this.#isLeaving ? { name: 'leaving' } : this.#server,
        conversation: this.#conversation,
      }),
    );
  }
}
