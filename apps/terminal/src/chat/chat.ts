import { connect, type Client, type ConnectionState, type SocketClass, type Status } from '@white-rabbit/client';
import { COMMAND_HELP, KEY_HELP, parseCommand, type CommandWord } from '../command.js';
import type { StoredContacts } from '../contacts/stored-contacts.js';
import type { Screen } from '../screen.js';
import { sentenceOfOutage, SENTENCES } from '../sentences.js';
import { serverView, viewOf, type ServerView } from '../view.js';
import { refuse, type ChatContext, type ChatOptions } from './chat-context.js';
import { ContactCommands } from './contact-commands.js';
import { CurrentCall } from './current-call.js';
import { FileCommands } from './file-commands.js';
import { showInvitation } from './show-invitation.js';

/** Executes a command with its argument. `false` if it failed; the user has read why. */
type Handler = (argument: string) => Promise<boolean> | boolean;

/** Executes the commands of the user and shows what happens on a screen. */
export class Chat {
  /** Resolves with the exit code: 0, or 1 if the server refused the client or a command of a script failed. */
  readonly ended: Promise<0 | 1>;
  readonly #screen: Screen;
  readonly #options: ChatOptions;
  readonly #stored: StoredContacts;
  readonly #client: Client;
  readonly #calls: CurrentCall;
  readonly #contacts: ContactCommands;
  readonly #files: FileCommands;
  readonly #handlers: Readonly<Record<CommandWord, Handler>>;
  #end: (code: 0 | 1) => void = () => undefined;
  /** Peers whose presence was shown before. */
  readonly #known = new Set<string>();
  #server: ServerView = { name: 'connecting' };
  #failed = false;
  #isLeaving = false;
  /** A script has typed `/quit`: it wants no further line. */
  #isDone = false;
  /** Lines that are being executed; the end of a script that waits for the server counts as one. */
  #running = 0;
  #wasOnline = false;
  /** The outage was reported: once, not for every attempt to reconnect. */
  #isOutageReported = false;

  /**
   * @param webSocket for a Node without a global one.
   * @throws TypeError with a sentence for the user, if the address of the server is invalid.
   */
  constructor(screen: Screen, stored: StoredContacts, options: ChatOptions, webSocket?: SocketClass) {
    this.#screen = screen;
    this.#stored = stored;
    this.#options = options;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.#client = connect({
      url: options.url,
      licenseKey: options.key,
      ...options.identity,
      contacts: stored.book.peerIds,
      transfer: options.transfer,
      ...(webSocket && { webSocket }),
    });
    const show = () => this.#show();
    const context: ChatContext = { screen, client: this.#client, options, contacts: stored, show };
    this.#files = new FileCommands(context);
    this.#calls = new CurrentCall(context, this.#files, () => (this.#failed = true));
    this.#contacts = new ContactCommands(context, this.#calls);
    this.#handlers = this.#handlersFor(context);
    this.#client.on('state', (state) => this.#onState(state));
    this.#client.on('presence', ({ peerId, status }) => this.#onPresence(peerId, status));
    this.#client.on('ring', (call) => this.#calls.ring(call));
    this.#show();
  }

  /** Executes a typed line; no line while the program leaves. Resolves with `false` if it failed. Never rejects. */
  async execute(line: string): Promise<boolean> {
    if (this.#isLeaving) {
      this.#failed ||= !this.#isDone;
      return false;
    }
    this.#running += 1;
    const done = await this.#run(line);
    this.#running -= 1;
    this.#failed ||= !done;
    return done;
  }

  /** The process must stop. A script has failed if that interrupts a line, or the confirmation of its texts. */
  async stop(): Promise<void> {
    this.#failed ||= this.#running > 0 || this.#isLeaving;
    await this.quit();
  }

  /** The output is read no longer: stops, unless the program leaves anyway. */
  async outputClosed(): Promise<void> {
    if (!this.#isLeaving) await this.stop();
  }

  /** Hangs up, closes the connection to the server and ends. A second call does not wait for the hangup. */
  async quit(): Promise<void> {
    const isSecondCall = this.#isLeaving;
    this.#isLeaving = true;
    this.#show();
    if (!isSecondCall) await this.#calls.endAll();
    this.#client.close();
    this.#end(this.#failed && !this.#screen.interactive ? 1 : 0);
  }

  /** The input has ended. A script may be faster than the server, so the result of the registration is awaited. */
  async endInput(): Promise<void> {
    if (!this.#screen.interactive && this.#isLeaving) return;
    if (!this.#screen.interactive && !this.#wasOnline) await this.#awaitServer();
    await this.quit();
  }

  async #awaitServer(): Promise<void> {
    this.#running += 1;
    this.#failed ||= !(await this.#client.online()).ok;
    this.#running -= 1;
  }

  #run(line: string): Promise<boolean> | boolean {
    const command = parseCommand(line);
    switch (command.kind) {
      case 'command':
        return this.#handlers[command.word](command.argument);
      case 'text':
        return this.#calls.sendText(command.text);
      case 'unknown':
        return refuse(this.#screen, `There is no command /${command.word}. Try /help.`);
      case 'nothing':
        // A blank line of a script belongs to its text.
        return this.#screen.interactive || !this.#calls.conversation?.canSend || this.#calls.sendText(line);
    }
  }

  #handlersFor(context: ChatContext): Readonly<Record<CommandWord, Handler>> {
    return {
      call: (word) => this.#calls.call(word),
      accept: () => this.#calls.accept(),
      reject: () => this.#calls.reject(),
      hangup: () => this.#calls.hangup(),
      send: (path) => this.#files.send(path, this.#calls.conversation),
      receive: (folder) => this.#files.receive(folder),
      decline: () => this.#files.decline(),
      cancel: () => this.#files.cancel(),
      invite: () => showInvitation(context),
      add: (contact) => this.#contacts.add(contact),
      remove: (name) => this.#contacts.remove(name),
      block: (name) => this.#contacts.block(name),
      unblock: (name) => this.#contacts.unblock(name),
      contacts: () => this.#contacts.list(),
      help: () => this.#help(),
      quit: () => this.#quitByCommand(),
    };
  }

  async #quitByCommand(): Promise<true> {
    this.#isDone = true;
    await this.endInput();
    return true;
  }

  #help(): true {
    for (const line of COMMAND_HELP) this.#screen.notify(line);
    if (this.#screen.hasKeys) this.#screen.notify(KEY_HELP);
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
    void (this.#calls.conversation?.over ?? Promise.resolve()).then(() => this.#end(1));
  }

  #onPresence(peerId: string, status: Status): void {
    const { book } = this.#stored;
    const online = status === 'ONLINE';
    const isNews = (this.#known.has(peerId) || !this.#screen.keepsView) && !book.isBlocked(peerId);
    this.#known.add(peerId);
    const sentence = `${book.nameOf(peerId)} is ${online ? 'online' : 'offline'}.`;
    if (isNews) this.#screen.notify(sentence, online ? 'good' : 'quiet');
    this.#show();
  }

  #show(): void {
    this.#screen.show(
      viewOf({
        me: this.#options.name,
        book: this.#stored.book,
        client: this.#client,
        server: this.#isLeaving ? { name: 'leaving' } : this.#server,
        conversation: this.#calls.conversation,
        transfers: this.#files.views,
      }),
    );
  }
}
