import { wordOfFile } from '../files/file-sentences.js';
import type { SharedFile } from '../files/shared-file.js';
import { element, showText } from './element.js';
import { saveFile } from './save-file.js';

/** The actions of a user on a file. */
export interface FileHandlers {
  readonly onAccept: (file: SharedFile) => void;
  /** Offers a file of this user once more. */
  readonly onAgain: (file: SharedFile) => void;
  readonly onRemove: (file: SharedFile) => void;
}

const ACTIONS = ['accept', 'save', 'again', 'stop', 'remove'] as const;
type Action = (typeof ACTIONS)[number];

/** A file of a conversation, with its progress and the buttons for what the user can do with it. */
export class FileRow {
  readonly root: HTMLLIElement;
  readonly #file: SharedFile;
  readonly #state: HTMLElement;
  readonly #progress: HTMLProgressElement;
  readonly #buttons: Readonly<Record<Action, HTMLButtonElement>>;

  constructor(file: SharedFile, { onAccept, onAgain, onRemove }: FileHandlers) {
    const template = element('#file-row', HTMLTemplateElement);
    this.root = element('li', HTMLLIElement, template.content).cloneNode(true) as HTMLLIElement;
    this.#file = file;
    this.#state = element('.file-state', HTMLElement, this.root);
    this.#progress = element('progress', HTMLProgressElement, this.root);
    this.#progress.setAttribute('aria-label', file.name);
    const name = element('.file-name', HTMLElement, this.root);
    showText(name, file.name);
    // A long name is cut.
    name.title = file.name;
    const button = (action: Action) => element(`.${action}`, HTMLButtonElement, this.root);
    this.#buttons = {
      accept: button('accept'),
      save: button('save'),
      again: button('again'),
      stop: button('stop'),
      remove: button('remove'),
    };
    this.#buttons.accept.addEventListener('click', () => onAccept(file));
    this.#buttons.save.addEventListener('click', () => {
      const content = file.take();
      if (content) saveFile(content, file.name);
    });
    this.#buttons.again.addEventListener('click', () => onAgain(file));
    this.#buttons.stop.addEventListener('click', () => file.stop());
    this.#buttons.remove.addEventListener('click', () => onRemove(file));
  }

  /** @param canSend whether there is a connection to the other peer. */
  show(canSend: boolean): void {
    const { state, isMine, done, size, name, isComplete } = this.#file;
    const isOpen = state === 'preparing' || state === 'offered' || state === 'transferring';
    showText(this.#state, wordOfFile(this.#file));
    this.#progress.hidden = state !== 'transferring';
    this.#progress.value = size === 0 ? 1 : done / size;
    const focused = this.root.contains(document.activeElement);
    this.#buttons.accept.hidden = isMine || state !== 'offered';
    this.#buttons.save.hidden = !isComplete;
    this.#buttons.again.hidden = !isMine || isOpen || state === 'done' || !canSend;
    this.#buttons.stop.hidden = !isOpen;
    this.#buttons.stop.textContent = !isMine && state === 'offered' ? 'Decline' : 'Cancel';
    this.#buttons.remove.hidden = isOpen;
    for (const action of ACTIONS) {
      const button = this.#buttons[action];
      button.setAttribute('aria-label', `${button.textContent.trim()} ${name}`);
    }
    if (focused && !this.root.contains(document.activeElement)) this.#focus();
  }

  /** The button that had the focus is hidden now. */
  #focus(): void {
    ACTIONS.map((action) => this.#buttons[action])
      .find(({ hidden }) => !hidden)
      ?.focus();
  }
}
