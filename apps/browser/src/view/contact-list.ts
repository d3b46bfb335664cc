import type { Messenger } from '../messenger.js';
import { sentenceOfPresence, sentenceOfStage } from '../sentences.js';
import { element, showText } from './element.js';

/** The contacts, and others who called: who is there, who wrote, and which of them is looked at. */
export class ContactList {
  readonly #list = element('#contact-list', HTMLUListElement);
  readonly #template = element('#contact-row', HTMLTemplateElement);
  readonly #empty = element('#no-contacts', HTMLElement);
  readonly #rows = new Map<string, HTMLLIElement>();
  readonly #onChoose: (peerId: string) => void;

  /** @param onChoose given who is to be looked at. */
  constructor(onChoose: (peerId: string) => void) {
    this.#onChoose = onChoose;
  }

  show(messenger: Messenger, chosen: string | undefined): void {
    const { peerIds } = messenger;
    for (const [peerId, row] of this.#rows) {
      if (peerIds.includes(peerId)) continue;
      row.remove();
      this.#rows.delete(peerId);
    }
    peerIds.forEach((peerId, index) => {
      const row = this.#row(peerId);
      this.#fill(row, messenger, peerId, peerId === chosen);
      // To move a row would take the keyboard's focus from it.
      const there = this.#list.children[index];
      if (there !== row) this.#list.insertBefore(row, there ?? null);
    });
    this.#empty.hidden = peerIds.length > 0;
  }

  #fill(row: HTMLLIElement, messenger: Messenger, peerId: string, isChosen: boolean): void {
    const name = messenger.book.nameOf(peerId);
    const { conversation, unread } = messenger.thread(peerId);
    const current = messenger.server.name === 'online';
    const status = messenger.presenceOf(peerId);
    const button = element('button', HTMLButtonElement, row);
    button.setAttribute('aria-current', String(isChosen));
    button.dataset['presence'] = current ? (status ?? 'UNKNOWN') : 'UNKNOWN';
    button.dataset['talking'] = String(conversation !== undefined);
    const part = (selector: string): HTMLElement => element(selector, HTMLElement, row);
    showText(part('.face'), Array.from(name.replace(/^peer-/, ''))[0]?.toUpperCase() ?? '?');
    showText(part('.contact-name'), name);
    const isBusy = conversation !== undefined && conversation.stage !== 'talking';
    showText(
      part('.contact-presence'),
      isBusy ? sentenceOfStage(conversation.stage) : sentenceOfPresence(status, current),
    );
    showText(part('.unread'), unread > 0 ? String(unread) : undefined);
    part('.unread').setAttribute('aria-label', `${unread} unread`);
  }

  #row(peerId: string): HTMLLIElement {
    const known = this.#rows.get(peerId);
    if (known) return known;
    const row = element('li', HTMLLIElement, this.#template.content).cloneNode(true) as HTMLLIElement;
    element('button', HTMLButtonElement, row).addEventListener('click', () => this.#onChoose(peerId));
    this.#rows.set(peerId, row);
    return row;
  }
}
