import type { Messenger } from '../messenger.js';
import { element, textElement } from './element.js';

/** The list of blocked peers in the settings. */
export class BlockedList {
  readonly #list = element('#blocked', HTMLUListElement);
  /** Has the focus after its button is gone. */
  readonly #title = element('#blocked-title', HTMLElement);
  readonly #empty = element('#no-blocked', HTMLElement);
  readonly #onUnblock: (peerId: string) => void;
  /** The peer ids with the names that are shown. */
  #shown = '';

  constructor(onUnblock: (peerId: string) => void) {
    this.#onUnblock = onUnblock;
  }

  show({ book }: Messenger): void {
    this.#empty.hidden = book.blocked.length > 0;
    const shown = JSON.stringify(book.blocked.map((peerId) => [peerId, book.nameOf(peerId)]));
    if (shown === this.#shown) return;
    this.#shown = shown;
    const hasFocus = this.#list.contains(document.activeElement);
    this.#list.replaceChildren(...book.blocked.map((peerId) => this.#row(peerId, book.nameOf(peerId))));
    if (hasFocus) this.#title.focus();
  }

  #row(peerId: string, name: string): HTMLLIElement {
    const row = document.createElement('li');
    const button = textElement('button', 'Unblock');
    button.type = 'button';
    button.setAttribute('aria-label', `Unblock ${name}`);
    button.addEventListener('click', () => this.#onUnblock(peerId));
    row.append(textElement('span', name, name === peerId ? 'peer-id' : ''), button);
    return row;
  }
}
