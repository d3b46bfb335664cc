import type { Messenger } from '../messenger.js';
import { wordOfPhase } from '../sentences.js';
import { element, showText } from './element.js';
import { wordOfPeer } from './peer-state.js';

/** The list of contacts and other callers, with presence, unread texts and the chosen peer. */
export class ContactList {
  readonly #list = element('#contact-list', HTMLUListElement);
  readonly #template = element('#contact-row', HTMLTemplateElement);
  readonly #empty = element('#no-contacts', HTMLElement);
  readonly #rows = new Map<string, HTMLLIElement>();
  readonly #onChoose: (peerId: string) => void;

  /** @param onChoose receives the peer id of the chosen row. */
  constructor(onChoose: (peerId: string) => void) {
    this.#onChoose = onChoose;
  }

  show(messenger: Messenger, chosen: string | undefined): void {
    const { peerIds } = messenger;
    const shown = new Set(peerIds);
    for (const [peerId, row] of this.#rows) {
      if (shown.has(peerId)) continue;
      row.remove();
      this.#rows.delete(peerId);
    }
    peerIds.forEach((peerId, index) => {
      const row = this.#row(peerId);
      this.#fill(row, messenger, peerId, peerId === chosen);
      // Moving a row would remove the keyboard focus from it.
      const there = this.#list.children[index];
      if (there !== row) this.#list.insertBefore(row, there ?? null);
    });
    this.#empty.hidden = peerIds.length > 0;
  }

  #fill(row: HTMLLIElement, messenger: Messenger, peerId: string, isChosen: boolean): void {
    const name = messenger.book.nameOf(peerId);
    const { conversation, unread } = messenger.thread(peerId);
    const status = messenger.presenceOf(peerId);
    const button = element('button', HTMLButtonElement, row);
    button.setAttribute('aria-current', String(isChosen));
    const isCurrent = messenger.server.name === 'online' && !messenger.book.isBlocked(peerId);
    button.dataset['presence'] = isCurrent ? (status ?? 'UNKNOWN') : 'UNKNOWN';
    button.dataset['talking'] = String(conversation !== undefined);
    const part = (selector: string): HTMLElement => element(selector, HTMLElement, row);
    showText(part('.face'), Array.from(name.replace(/^peer-/, ''))[0]?.toUpperCase() ?? '?');
    showText(part('.contact-name'), name);
    const isBusy = conversation !== undefined && conversation.phase !== 'talking';
    showText(part('.contact-presence'), isBusy ? wordOfPhase(conversation.phase) : wordOfPeer(messenger, peerId));
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

/** The form that adds a contact. */
export class AddContactForm {
  readonly #form = element('#add-contact-form', HTMLFormElement);
  readonly #field = element('#new-contact', HTMLInputElement);
  readonly #error = element('#add-contact-error', HTMLElement);

  /** @param onContact receives the typed text and resolves with a sentence if it is invalid. */
  constructor(onContact: (text: string) => Promise<string | undefined>) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit(onContact);
    });
  }

  async #submit(onContact: (text: string) => Promise<string | undefined>): Promise<void> {
    const text = this.#field.value.trim();
    const fault = text === '' ? undefined : await onContact(text);
    showText(this.#error, fault);
    this.#field.setAttribute('aria-invalid', String(fault !== undefined));
    if (fault === undefined) this.#field.value = '';
  }
}
