import { element, showText } from './element.js';

/** The actions of a user on an incoming call. */
export interface RingHandlers {
  readonly onAccept: (peerId: string) => void;
  readonly onDecline: (peerId: string) => void;
}

/**
 * Shows an incoming call. The dialog never takes the focus, so that a key press meant for a text cannot answer a call.
 * Escape dismisses the dialog; the call continues to ring and can be answered in its thread.
 */
export class RingDialog {
  readonly #dialog = element('#ring', HTMLDialogElement);
  readonly #name = element('#ring-name', HTMLElement);
  #peerId: string | undefined;
  #dismissed: string | undefined;
  /** The element that had the focus before one of the buttons. */
  #before: HTMLElement | undefined;

  constructor({ onAccept, onDecline }: RingHandlers) {
    element('#accept', HTMLButtonElement).addEventListener('click', () => this.#answer(onAccept));
    element('#decline', HTMLButtonElement).addEventListener('click', () => this.#answer(onDecline));
    this.#dialog.addEventListener('focusin', ({ relatedTarget }) => {
      if (relatedTarget instanceof HTMLElement && !this.#dialog.contains(relatedTarget)) this.#before = relatedTarget;
    });
    document.addEventListener('keydown', ({ key, isComposing }) => {
      if (key === 'Escape' && !isComposing) this.#hide();
    });
  }

  /** @param caller the first incoming call; `undefined` if there is none. */
  show(caller: { readonly peerId: string; readonly name: string } | undefined): void {
    if (caller === undefined || caller.peerId !== this.#dismissed) this.#dismissed = undefined;
    const shown = this.#dismissed === undefined ? caller : undefined;
    this.#peerId = shown?.peerId;
    if (!shown) {
      this.#close();
      return;
    }
    showText(this.#name, shown.name);
    // The methods `show()` and `showModal()` would move the focus to a button.
    this.#dialog.open = true;
  }

  /** Hides the dialog at once, before the server responds. */
  #answer(notify: (peerId: string) => void): void {
    const peerId = this.#peerId;
    if (peerId === undefined) return;
    this.#hide();
    notify(peerId);
  }

  #hide(): void {
    this.#dismissed = this.#peerId;
    this.#peerId = undefined;
    this.#close();
  }

  /** Restores the focus if it was on a button of the dialog. */
  #close(): void {
    const isFocused = this.#dialog.contains(document.activeElement);
    this.#dialog.open = false;
    if (isFocused) this.#before?.focus();
    this.#before = undefined;
  }
}
