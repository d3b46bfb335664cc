import {
  connect,
  type Call,
  type Client,
  type ConnectionState,
  type Identity,
  type Status,
} from '@white-rabbit/client';
import { Conversation, LONGEST_TEXT, Thread, type AddressBook, type Contact } from '@white-rabbit/client/chat';
import type { Profile } from './profile.js';
import { SENTENCES } from './sentences.js';

/** Maximum threads with peers that are not contacts. Beyond it, a call of an unknown peer is rejected as busy. */
const MAX_UNKNOWN_PEERS = 50;

/** Maximum texts that wait for the confirmation of the other peer. */
const MAX_UNCONFIRMED = 100;
const NOT_SENT = 'This text was not sent: there is no connection, or too many texts wait for the other side.';
const TOO_LONG = `This text was not sent: the limit is ${LONGEST_TEXT} characters.`;

/** The state behind the page: the connection to the server, the contacts, and a thread for each peer. */
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
   * @param onChange called after every change.
   * @throws TypeError with a sentence for the user, if the address of the server is invalid.
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

  /** The state of the connection to the server. */
  get server(): ConnectionState {
    return this.#client.state;
  }

  /** Whether the server has accepted this user at least once. */
  get wasOnline(): boolean {
    return this.#wasOnline;
  }

  /** All peers to show: the contacts, then other peers with a thread. */
  get peerIds(): readonly string[] {
    const contacts = this.book.contacts.map(({ peerId }) => peerId);
    return [...contacts, ...[...this.#threads.keys()].filter((peerId) => !this.book.has(peerId))];
  }

  /** The threads with an incoming call. */
  get ringing(): readonly Thread[] {
    return [...this.#threads.values()].filter(({ conversation }) => conversation?.phase === 'ringing here');
  }

  /** The thread with a peer; created if there is none. */
  thread(peerId: string): Thread {
    const thread = this.#threads.get(peerId) ?? new Thread(peerId);
    this.#threads.set(peerId, thread);
    return thread;
  }

  /** The last known presence of a contact; `undefined` for other peers. */
  presenceOf(peerId: string): Status | undefined {
    return this.#client.presence.get(peerId);
  }

  /** Calls a peer, unless a conversation with it is open. */
  call(peerId: string): void {
    if (this.thread(peerId).conversation === undefined) this.#converse(this.#client.call(peerId));
  }

  accept(peerId: string): void {
    void this.thread(peerId).conversation?.accept();
    this.#onChange();
  }

  decline(peerId: string): void {
    void this.thread(peerId).conversation?.reject();
    this.#onChange();
  }

  hangup(peerId: string): void {
    void this.thread(peerId).conversation?.hangup();
  }

  /** Sends a text. `false` if it was not sent; the thread says why. */
  send(peerId: string, text: string): boolean {
    const thread = this.thread(peerId);
    const fault = text.length > LONGEST_TEXT ? TOO_LONG : this.#trySend(thread, text);
    if (fault === undefined) thread.addSent(text);
    else thread.addNotice(fault, 'bad');
    this.#onChange();
    return fault === undefined;
  }

  /** Adds a contact. Resolves with a sentence if the server refused it. */
  async addContact(contact: Contact): Promise<string | undefined> {
    const isNew = !this.book.has(contact.peerId);
    this.book.add(contact);
    this.#onChange();
    const outcome = isNew ? await this.#client.addContacts([contact.peerId]) : { ok: true as const };
    // In these two cases the client keeps the contact for the next registration.
    if (outcome.ok || outcome.code === 'disconnected' || outcome.code === 'no_answer') return undefined;
    this.book.remove(contact.peerId);
    this.#onChange();
    return SENTENCES.contactRefusal(outcome.code);
  }

  /** Removes a contact and its thread. */
  async removeContact(peerId: string): Promise<void> {
    this.hangup(peerId);
    this.book.remove(peerId);
    this.#threads.delete(peerId);
    this.#onChange();
    await this.#client.removeContacts([peerId]);
  }

  /** Ends all conversations and closes the connection to the server. */
  leave(): void {
    for (const { conversation } of this.#threads.values()) void conversation?.hangup();
    this.#client.close();
  }

  /** Why the text was not sent. It waits in the channel if the other peer does not read, but not without limit. */
  #trySend({ conversation }: Thread, text: string): string | undefined {
    if (!conversation?.canSend) return NOT_SENT;
    const { sent, confirmed } = conversation.delivery;
    if (sent - confirmed >= MAX_UNCONFIRMED) return NOT_SENT;
    void conversation.send(text);
    return undefined;
  }

  #onState(state: ConnectionState): void {
    this.#wasOnline ||= state.name === 'online';
    this.#onChange();
  }

  #onRing(call: Call): void {
    const isUnknown = !this.#threads.has(call.peerId) && !this.book.has(call.peerId);
    if (isUnknown && this.peerIds.length - this.book.contacts.length >= MAX_UNKNOWN_PEERS) {
      void call.reject('busy');
      return;
    }
    // A peer that calls has lost the conversation that may still look open here.
    void this.thread(call.peerId).conversation?.hangup();
    this.#converse(call);
  }

  #converse(call: Call): void {
    const thread = this.thread(call.peerId);
    const name = (): string => this.book.nameOf(call.peerId);
    const createConnection = (configuration: RTCConfiguration) => new RTCPeerConnection(configuration);
    const conversation: Conversation = new Conversation(call, createConnection, {
      onPhase: (phase, before) => {
        const notice = phase === 'connecting' ? undefined : SENTENCES.phase(phase, before, name());
        if (notice) thread.addNotice(notice.text, notice.tone);
        if (phase === 'talking' && before !== 'interrupted') addSeal(thread, call, name());
        this.#onChange();
      },
      onText: (text) => {
        thread.addReceived(text);
        this.#onChange();
      },
      onDelivered: (count) => {
        if (thread.conversation === conversation) thread.markDelivered(count);
        this.#onChange();
      },
      onEnded: (why, wasRinging) => {
        if (thread.conversation === conversation) thread.endConversation();
        const { text, tone } = SENTENCES.end(why, name(), wasRinging);
        thread.addNotice(text, tone);
        this.#onChange();
      },
    });
    thread.conversation = conversation;
    this.#onChange();
  }
}

/** Records whether the call is sealed, with the code that the two users can compare. */
function addSeal(thread: Thread, call: Call, name: string): void {
  const { text, tone } = SENTENCES.seal(call, name);
  thread.addNotice(text, tone);
}
