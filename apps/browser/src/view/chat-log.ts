import { MAX_ENTRIES, type DeliveryMark, type Thread, type ThreadEntry } from '@white-rabbit/client/chat';
import { element, textElement } from './element.js';

/** The log scrolls to new entries if it is closer to its end than this. Pixels. */
const NEAR_END = 80;

const MARKS = { sent: 'sent', delivered: 'delivered', unconfirmed: 'not confirmed' } as const;

/** The entries of a thread. Only new entries are added, so that a screen reader reads each once. */
export class ChatLog {
  readonly #log = element('#log', HTMLElement);
  readonly #entries = element('#entries', HTMLOListElement);
  #thread: Thread | undefined;
  #shown = 0;
  #isAtEnd = true;
  /** The delivery marks of the texts that are not delivered yet, by the number of the entry. */
  readonly #marks = new Map<number, HTMLElement>();

  constructor() {
    this.#log.addEventListener('scroll', () => (this.#isAtEnd = this.#isNearEnd));
    // The log becomes smaller when files are offered, or when a telephone shows its keyboard.
    new ResizeObserver(() => {
      if (this.#isAtEnd) this.#scrollToEnd();
    }).observe(this.#log);
  }

  /** @param name the name of the other peer. */
  show(thread: Thread, name: string): void {
    if (thread !== this.#thread) this.#begin(thread);
    for (const entry of thread.entries) if (entry.kind === 'mine') this.#showMark(entry.number, entry.mark);
    const fresh = thread.entries.filter(({ number }) => number > this.#shown);
    if (fresh.length === 0) return;
    const follows = this.#isNearEnd || fresh.some(({ kind }) => kind === 'mine');
    this.#entries.append(...fresh.map((entry) => this.#rowOf(entry, name)));
    this.#shown = fresh.at(-1)?.number ?? this.#shown;
    while (this.#entries.children.length > MAX_ENTRIES) this.#entries.firstElementChild?.remove();
    if (follows) this.#scrollToEnd();
  }

  get #isNearEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  #scrollToEnd(): void {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#isAtEnd = true;
  }

  #begin(thread: Thread): void {
    this.#thread = thread;
    this.#shown = 0;
    this.#marks.clear();
    this.#entries.replaceChildren();
  }

  #showMark(number: number, mark: DeliveryMark): void {
    const shown = this.#marks.get(number);
    if (!shown || shown.dataset['mark'] === mark) return;
    shown.dataset['mark'] = mark;
    shown.textContent = MARKS[mark];
    if (mark !== 'sent') this.#marks.delete(number);
  }

  #rowOf(entry: ThreadEntry, name: string): HTMLLIElement {
    const row = document.createElement('li');
    row.className = entry.kind;
    if (entry.kind === 'notice') {
      row.dataset['tone'] = entry.tone;
      row.append(textElement('p', entry.text));
      return row;
    }
    const sender = entry.kind === 'mine' ? 'You' : name;
    const text = textElement('p', entry.text);
    text.dir = 'auto';
    row.append(textElement('span', `${sender}: `, 'unseen'), text, timeOf(entry.at));
    if (entry.kind === 'mine') row.append(this.#markOf(entry.number, entry.mark));
    return row;
  }

  /** A mark that a screen reader does not announce each time. */
  #markOf(number: number, mark: DeliveryMark): HTMLElement {
    const shown = textElement('span', '', 'mark');
    shown.setAttribute('aria-live', 'off');
    this.#marks.set(number, shown);
    this.#showMark(number, mark);
    return shown;
  }
}

function timeOf(at: Date): HTMLTimeElement {
  const time = textElement('time', at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }));
  time.dateTime = at.toISOString();
  return time;
}
