import { element, showText } from './element.js';

/** What is done about a ring. */
export interface RingHandlers {
  readonly onAccept: (peerId: string) => void;
  readonly onDecline: (peerId: string) => void;
}

/**
 * Says who calls and asks what to do. It never takes the focus: a key that was meant for a text must not answer a call.
 * Escape puts it aside; the call rings on and can be answered in its thread.
 */
export class RingDialog {
  readonly #dialog = element('#ring', HTMLDialogElement);
  readonly #name = element('#ring-name', HTMLElement);
  #peerId: string | undefined;
  #putAside: string | undefined;
  /** Where the focus was before it came to one of the buttons. */
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

  /** @param caller who rings first of those who do; `undefined` where nobody does. */
  show(caller: { readonly peerId: string; readonly name: string } | undefined): void {
    if (caller === undefined || caller.peerId !== this.#putAside) this.#putAside = undefined;
    const shown = this.#putAside === undefined ? caller : undefined;
    this.#peerId = shown?.peerId;
    if (!shown) {
      this.#close();
      return;
    }
    showText(this.#name, shown.name);
    // `show()` and `showModal()` would move the focus to a button.
    this.#dialog.open = true;
  }

  /** Out of the way at once, before the server knows. */
  #answer(tell: (peerId: string) => void): void {
    const peerId = this.#peerId;
    if (peerId === undefined) return;
    this.#hide();
    tell(peerId);
  }

  #hide(): void {
    this.#putAside = this.#peerId;
    this.#peerId = undefined;
    this.#close();
  }

  /** Gives the focus back if it was on a button that goes away. */
  #close(): void {
    const isFocused = this.#dialog.contains(document.activeElement);
    this.#dialog.open = false;
    if (isFocused) this.#before?.focus();
    this.#before = undefined;
  }
}
