import type { Conversation } from './conversation.js';
import type { Tone } from './sentences.js';

/** Something in a thread. Numbers go up by one. */
export type Line = { readonly number: number; readonly at: Date; readonly text: string } & (
  { readonly kind: 'mine' | 'theirs' } | { readonly kind: 'notice'; readonly tone: Tone }
);

/** Lines kept of a thread; the oldest go first. Nothing is kept anywhere else. */
export const LINES_KEPT = 500;

/** Longest text that is sent at once, and so much is shown of what another sends. Characters. */
export const LONGEST_TEXT = 16_000;

/** What was said with one peer since this page was opened, and the conversation with it, should there be one. */
export class Thread {
  readonly peerId: string;
  conversation: Conversation | undefined;
  /** What is being written to this peer and was not sent. */
  draft = '';
  readonly #lines: Line[] = [];
  #last = 0;
  #unread = 0;

  constructor(peerId: string) {
    this.peerId = peerId;
  }

  get lines(): readonly Line[] {
    return this.#lines;
  }

  /** Texts of the other one that nobody has seen yet. */
  get unread(): number {
    return this.#unread;
  }

  /** Somebody looks at it. */
  read(): void {
    this.#unread = 0;
  }

  /** A text of this side's. */
  say(text: string): void {
    this.#add({ kind: 'mine', ...this.#stamp(text) });
  }

  /** A text of the other side's. */
  hear(text: string): void {
    this.#unread += 1;
    this.#add({ kind: 'theirs', ...this.#stamp(text.slice(0, LONGEST_TEXT)) });
    if (text.length > LONGEST_TEXT) this.tell('That was too long: the rest of it is not shown.', 'bad');
  }

  /** Something about the state of things. */
  tell(text: string, tone: Tone): void {
    this.#add({ kind: 'notice', tone, ...this.#stamp(text) });
  }

  #stamp(text: string): Pick<Line, 'number' | 'at' | 'text'> {
    this.#last += 1;
    return { number: this.#last, at: new Date(), text };
  }

  #add(line: Line): void {
    this.#lines.push(line);
    if (this.#lines.length > LINES_KEPT) this.#lines.shift();
  }
}
