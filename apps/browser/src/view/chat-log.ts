import { MAX_ENTRIES, type Thread, type ThreadEntry } from '@white-rabbit/client/chat';
import { element, textElement } from './element.js';

/** The log scrolls to new entries if it is closer to its end than this. Pixels. */
const NEAR_END = 80;

/** The entries of a thread. Only new entries are added, so that a screen reader reads each once. */
export class ChatLog {
  readonly #log = element('#log', HTMLOListElement);
  #thread: Thread | undefined;
  #shown = 0;

  /** @param name the name of the other peer. */
  show(thread: Thread, name: string): void {
    if (thread !== this.#thread) this.#begin(thread);
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    const fresh = thread.entries.filter(({ number }) => number > this.#shown);
    if (fresh.length === 0) return;
    const follows = scrollHeight - scrollTop - clientHeight < NEAR_END || fresh.some(({ kind }) => kind === 'mine');
    this.#log.append(...fresh.map((entry) => rowOf(entry, name)));
    this.#shown = fresh.at(-1)?.number ?? this.#shown;
    while (this.#log.children.length > MAX_ENTRIES) this.#log.firstElementChild?.remove();
    if (follows) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #begin(thread: Thread): void {
    this.#thread = thread;
    this.#shown = 0;
    this.#log.replaceChildren();
  }
}

function rowOf(entry: ThreadEntry, name: string): HTMLLIElement {
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
  return row;
}

function timeOf(at: Date): HTMLTimeElement {
  const time = textElement('time', at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }));
  time.dateTime = at.toISOString();
  return time;
}
