import { LINES_KEPT, type Line, type Thread } from '../thread.js';
import { element, textElement } from './element.js';

/** How near to its end a log has to be for it to follow what is new. Pixels. */
const NEAR_END = 80;

/** What was said, line by line. Only new lines are added, so that a screen reader reads each once. */
export class ChatLog {
  readonly #log = element('#log', HTMLOListElement);
  #thread: Thread | undefined;
  #shown = 0;

  /** @param name of the other one. */
  show(thread: Thread, name: string): void {
    if (thread !== this.#thread) this.#begin(thread);
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    const fresh = thread.lines.filter(({ number }) => number > this.#shown);
    if (fresh.length === 0) return;
    const follows = scrollHeight - scrollTop - clientHeight < NEAR_END || fresh.some(({ kind }) => kind === 'mine');
    this.#log.append(...fresh.map((line) => rowOf(line, name)));
    this.#shown = fresh.at(-1)?.number ?? this.#shown;
    while (this.#log.children.length > LINES_KEPT) this.#log.firstElementChild?.remove();
    if (follows) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #begin(thread: Thread): void {
    this.#thread = thread;
    this.#shown = 0;
    this.#log.replaceChildren();
  }
}

function rowOf(line: Line, name: string): HTMLLIElement {
  const row = document.createElement('li');
  row.className = line.kind;
  if (line.kind === 'notice') {
    row.dataset['tone'] = line.tone;
    row.append(textElement('p', line.text));
    return row;
  }
  const who = line.kind === 'mine' ? 'You' : name;
  const text = textElement('p', line.text);
  text.dir = 'auto';
  row.append(textElement('span', `${who}: `, 'unseen'), text, timeOf(line.at));
  return row;
}

function timeOf(at: Date): HTMLTimeElement {
  const time = textElement('time', at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }));
  time.dateTime = at.toISOString();
  return time;
}
