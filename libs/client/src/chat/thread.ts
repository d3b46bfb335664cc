import type { Conversation } from './conversation.js';
import type { Tone } from './sentences.js';

/** What is known about a text of this user: sent, received by the other peer's client, or not confirmed by the end of the call. */
export type DeliveryMark = 'sent' | 'delivered' | 'unconfirmed';

/** An entry of a thread. `number` grows by 1 with every entry. */
export type ThreadEntry = { readonly number: number; readonly at: Date; readonly text: string } & (
  | { readonly kind: 'mine'; readonly mark: DeliveryMark }
  | { readonly kind: 'theirs' }
  | { readonly kind: 'notice'; readonly tone: Tone }
);

/** Entries that a thread keeps in memory; the oldest are dropped first. They are stored nowhere else. */
export const MAX_ENTRIES = 500;

/** The longest text that a client sends, and that it shows of a received text. Characters. */
export const LONGEST_TEXT = 16_000;

/** The texts exchanged with one peer since the application started, and the current conversation. */
export class Thread {
  readonly peerId: string;
  /** The text that the user has typed and not sent. */
  draft = '';
  readonly #entries: ThreadEntry[] = [];
  #conversation: Conversation | undefined;
  #last = 0;
  #unread = 0;
  /** The numbers of the entries of the current conversation that this user sent, in order. */
  #sent: number[] = [];
  #delivered = 0;

  constructor(peerId: string) {
    this.peerId = peerId;
  }

  /** The current conversation. A new one ends the one before: nothing more of that will be confirmed. */
  get conversation(): Conversation | undefined {
    return this.#conversation;
  }

  set conversation(next: Conversation | undefined) {
    for (const number of this.#sent.slice(this.#delivered)) this.#mark(number, 'unconfirmed');
    this.#sent = [];
    this.#delivered = 0;
    this.#conversation = next;
  }

  get entries(): readonly ThreadEntry[] {
    return this.#entries;
  }

  /** Texts of the other peer since the last `markRead`. */
  get unread(): number {
    return this.#unread;
  }

  /** The user has seen all entries. */
  markRead(): void {
    this.#unread = 0;
  }

  /** Adds a text that this user sent. */
  addSent(text: string): void {
    this.#add({ kind: 'mine', mark: 'sent', ...this.#stamp(text) });
    this.#sent.push(this.#last);
  }

  /** The other peer has received the first `count` texts of the current conversation. */
  markDelivered(count: number): void {
    for (const number of this.#sent.slice(this.#delivered, count)) this.#mark(number, 'delivered');
    this.#delivered = count;
  }

  /** The conversation has ended: nothing more will be confirmed. */
  endConversation(): void {
    this.conversation = undefined;
  }

  /** Adds a text of the other peer, cut to `LONGEST_TEXT`. */
  addReceived(text: string): void {
    this.#unread += 1;
    this.#add({ kind: 'theirs', ...this.#stamp(text.slice(0, LONGEST_TEXT)) });
    if (text.length > LONGEST_TEXT) this.addNotice('That text was too long: the rest of it is not shown.', 'bad');
  }

  /** Adds a sentence about the state of the conversation. */
  addNotice(text: string, tone: Tone): void {
    this.#add({ kind: 'notice', tone, ...this.#stamp(text) });
  }

  #mark(number: number, mark: DeliveryMark): void {
    const at = this.#entries.findIndex((entry) => entry.number === number);
    const entry = this.#entries[at];
    if (entry?.kind === 'mine') this.#entries[at] = { ...entry, mark };
  }

  #stamp(text: string): Pick<ThreadEntry, 'number' | 'at' | 'text'> {
    this.#last += 1;
    return { number: this.#last, at: new Date(), text };
  }

  #add(entry: ThreadEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
  }
}
