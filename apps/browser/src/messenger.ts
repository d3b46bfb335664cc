import {
  connect,
  type Call,
  type Client,
  type ConnectionState,
  type Identity,
  type Status,
} from '@white-rabbit/client';
import type { AddressBook, Contact, Thread } from '@white-rabbit/client/chat';
import { faultOfContact } from './contact.js';
import type { SharedFiles } from './files/shared-files.js';
import type { ChangeHandlers } from './news.js';
import type { Profile } from './profile.js';
import { SENTENCES } from './sentences.js';
import { Threads } from './threads.js';

/** Maximum threads with peers that are not contacts. Beyond it, a call of an unknown peer is rejected as busy. */
const MAX_UNKNOWN_PEERS = 50;

/** The state behind the page: the connection to the server, the contacts, and a thread for each peer. */
export class Messenger {
  readonly identity: Identity;
  readonly book: AddressBook;
  readonly #client: Client;
  readonly #onChange: () => void;
  readonly #threads: Threads;
  #wasOnline = false;

  /**
   * Connects at once.
   *
   * @throws TypeError with a sentence for the user, if the address of the server is invalid.
   */
  constructor(profile: Profile, identity: Identity, book: AddressBook, handlers: ChangeHandlers) {
    this.identity = identity;
    this.book = book;
    this.#onChange = handlers.onChange;
    this.#threads = new Threads((peerId) => book.nameOf(peerId), handlers);
    book.remove(identity.peerId);
    const contacts = book.contacts.map(({ peerId }) => peerId);
    this.#client = connect({ url: profile.url, licenseKey: profile.licenseKey, ...identity, contacts });
    this.#client.on('state', (state) => this.#onState(state));
    this.#client.on('presence', this.#onChange);
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
    return [...this.book.peerIds, ...this.#unknownPeerIds];
  }

  /** The threads with an incoming call. */
  get ringing(): readonly Thread[] {
    return this.#threads.ringing;
  }

  /** The files that this user and the other peers have offered to each other. */
  get files(): SharedFiles {
    return this.#threads.files;
  }

  /** The thread with a peer; created if there is none. */
  thread(peerId: string): Thread {
    return this.#threads.of(peerId);
  }

  /** The last known presence of a contact; `undefined` for other peers. */
  presenceOf(peerId: string): Status | undefined {
    return this.#client.presence.get(peerId);
  }

  /** Calls a peer, unless a conversation with it is open. */
  call(peerId: string): void {
    if (this.thread(peerId).conversation === undefined) this.#threads.converse(this.#client.call(peerId));
  }

  accept(peerId: string): void {
    void this.thread(peerId).conversation?.accept();
    this.#onChange();
  }

  decline(peerId: string): void {
    void this.thread(peerId).conversation?.reject();
    this.#onChange();
  }

  /** Ends the conversation with a peer. A call that rings here is declined, so that the caller reads that. */
  hangup(peerId: string): void {
    const { conversation } = this.thread(peerId);
    if (conversation?.isRingingHere) this.decline(peerId);
    else void conversation?.hangup();
  }

  /** Sends a text. `false` if it was not sent; the thread says why. */
  send(peerId: string, text: string): boolean {
    return this.#threads.send(peerId, text);
  }

  /** Offers files. If one was not offered, the thread says why. */
  sendFiles(peerId: string, files: readonly File[]): void {
    this.#threads.sendFiles(peerId, files);
  }

  /** Adds a sentence about a failure to the thread of a peer. */
  note(peerId: string, text: string): void {
    this.#threads.note(peerId, { text, tone: 'bad' });
  }

  /** Ends the conversation with a peer, and declines its calls from now on. */
  block(peerId: string): void {
    this.book.block(peerId);
    this.hangup(peerId);
    this.#onChange();
  }

  unblock(peerId: string): void {
    this.book.unblock(peerId);
    this.#onChange();
  }

  /** Adds a contact or renames it. Resolves with a sentence if its name is not possible, or if the server refused it. */
  async addContact(contact: Contact): Promise<string | undefined> {
    const fault = faultOfContact(contact, this.book.contacts);
    if (fault !== undefined) return fault;
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
    this.#threads.leave();
    this.#client.close();
  }

  get #unknownPeerIds(): readonly string[] {
    return this.#threads.peerIds.filter((peerId) => !this.book.has(peerId));
  }

  #onState(state: ConnectionState): void {
    this.#wasOnline ||= state.name === 'online';
    this.#onChange();
  }

  #onRing(call: Call): void {
    // The peer cannot see that it is blocked, and the user is not disturbed.
    if (this.book.isBlocked(call.peerId)) {
      void call.reject('declined');
      return;
    }
    const isUnknown = !this.#threads.has(call.peerId) && !this.book.has(call.peerId);
    if (isUnknown && this.#unknownPeerIds.length >= MAX_UNKNOWN_PEERS) {
      void call.reject('busy');
      return;
    }
    this.#threads.ring(call);
  }
}
