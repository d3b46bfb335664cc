import { connect, type Call, type Client, type Identity, type LineState, type Status } from '@white-rabbit/client';
import type { AddressBook } from './address-book.js';
import type { Contact } from './contact.js';
import { Conversation } from './conversation.js';
import type { Profile } from './profile.js';
import { sentenceOfContactRefusal, sentenceOfEnd, toneOfEnd } from './sentences.js';
import type { Stage } from './stage.js';
import { LONGEST_TEXT, Thread } from './thread.js';

/** Threads with peers that are no contacts. When there are more, a stranger who calls is told that this side is busy. */
const STRANGERS = 50;

/** The person at this page, the server, and everybody they talk to. It knows nothing of what is shown. */
export class Messenger {
  readonly identity: Identity;
  readonly book: AddressBook;
  readonly #client: Client;
  readonly #onChange: () => void;
  readonly #threads = new Map<string, Thread>();
  #wasOnline = false;

  /**
   * Connects at once.
   *
   * @param onChange called after anything changed.
   * @throws TypeError with a sentence, where the address of the server cannot be one.
   */
  constructor(profile: Profile, identity: Identity, book: AddressBook, onChange: () => void) {
    this.identity = identity;
    this.book = book;
    this.#onChange = onChange;
    book.remove(identity.peerId);
    const contacts = book.contacts.map(({ peerId }) => peerId);
    this.#client = connect({ url: profile.url, licenseKey: profile.licenseKey, ...identity, contacts });
    this.#client.on('state', (state) => this.#onState(state));
    this.#client.on('presence', onChange);
    this.#client.on('ring', (call) => this.#onRing(call));
  }

  /** Where the connection to the server is at. */
  get server(): LineState {
    return this.#client.state;
  }

  /** Whether the server ever took this person. */
  get wasOnline(): boolean {
    return this.#wasOnline;
  }

  /** Everybody there is something to show of: contacts first, then others who called or were called. */
  get peerIds(): readonly string[] {
    const contacts = this.book.contacts.map(({ peerId }) => peerId);
    return [...contacts, ...[...this.#threads.keys()].filter((peerId) => !this.book.has(peerId))];
  }

  /** Threads whose peer waits for an answer. */
  get ringing(): readonly Thread[] {
    return [...this.#threads.values()].filter(({ conversation }) => conversation?.stage === 'ringing here');
  }

  /** What was said with a peer; made where there is none. */
  thread(peerId: string): Thread {
    const thread = this.#threads.get(peerId) ?? new Thread(peerId);
    this.#threads.set(peerId, thread);
    return thread;
  }

  /** What was last told of a contact; `undefined` for strangers. */
  presenceOf(peerId: string): Status | undefined {
    return this.#client.presence.get(peerId);
  }

  /** Calls a peer, unless there is a conversation already. */
  call(peerId: string): void {
    if (this.thread(peerId).conversation === undefined) this.#converse(this.#client.call(peerId));
  }

  accept(peerId: string): void {
    this.thread(peerId).conversation?.accept();
    this.#onChange();
  }

  decline(peerId: string): void {
    this.thread(peerId).conversation?.decline();
    this.#onChange();
  }

  hangup(peerId: string): void {
    this.thread(peerId).conversation?.hangup();
  }

  /** Sends a text; `false` where it could not be, and the thread says why. */
  say(peerId: string, text: string): boolean {
    const thread = this.thread(peerId);
    const isTooLong = text.length > LONGEST_TEXT;
    const sent = !isTooLong && (thread.conversation?.send(text) ?? false);
    if (sent) thread.say(text);
    else if (isTooLong) thread.tell(`That is too long: ${LONGEST_TEXT} characters at once.`, 'bad');
    else thread.tell('That was not sent: too much waits to be sent already, or there is no connection.', 'bad');
    this.#onChange();
    return sent;
  }

  /** Watches somebody. Resolves with a sentence where the server did not want that. */
  async addContact(contact: Contact): Promise<string | undefined> {
    const isNew = !this.book.has(contact.peerId);
    this.book.add(contact);
    this.#onChange();
    const outcome = isNew ? await this.#client.addContacts([contact.peerId]) : { ok: true as const };
    // Those two keep the contact: it is told to the server with the next registration.
    if (outcome.ok || outcome.code === 'disconnected' || outcome.code === 'no_answer') return undefined;
    this.book.remove(contact.peerId);
    this.#onChange();
    return sentenceOfContactRefusal(outcome.code);
  }

  /** Watches somebody no more, and forgets what was said. */
  async removeContact(peerId: string): Promise<void> {
    this.hangup(peerId);
    this.book.remove(peerId);
    this.#threads.delete(peerId);
    this.#onChange();
    await this.#client.removeContacts([peerId]);
  }

  /** Hangs up everywhere and leaves the server. */
  leave(): void {
    for (const { conversation } of this.#threads.values()) conversation?.hangup();
    this.#client.close();
  }

  #onState(state: LineState): void {
    this.#wasOnline ||= state.name === 'online';
    this.#onChange();
  }

  #onRing(call: Call): void {
    const isStranger = !this.#threads.has(call.peerId) && !this.book.has(call.peerId);
    if (isStranger && this.peerIds.length - this.book.contacts.length >= STRANGERS) {
      void call.reject('busy');
      return;
    }
    // Somebody who calls has lost the conversation that this side may still believe in.
    this.thread(call.peerId).conversation?.hangup();
    this.#converse(call);
  }

  #converse(call: Call): void {
    const thread = this.thread(call.peerId);
    let last: Stage = call.role === 'callee' ? 'ringing here' : 'calling';
    const conversation: Conversation = new Conversation(call, {
      onStage: (stage) => {
        if (stage === 'talking') this.#tellTalking(thread, last);
        if (stage === 'interrupted') thread.tell('The connection is interrupted …', 'bad');
        last = stage;
        this.#onChange();
      },
      onText: (text) => {
        thread.hear(text);
        this.#onChange();
      },
      onEnded: (why) => {
        if (thread.conversation === conversation) thread.conversation = undefined;
        thread.tell(sentenceOfEnd(why, this.book.nameOf(thread.peerId), last === 'ringing here'), toneOfEnd(why));
        this.#onChange();
      },
    });
    thread.conversation = conversation;
    this.#onChange();
  }

  #tellTalking(thread: Thread, before: Stage): void {
    const name = this.book.nameOf(thread.peerId);
    const again = before === 'interrupted';
    thread.tell(again ? 'The connection is there again.' : `Connected to ${name}, past any server.`, 'good');
  }
}
