import { element, showText } from './element.js';

/** What is done about a ring. */
export interface RingHandlers {
  readonly onAccept: (peerId: string) => void;
  readonly onDecline: (peerId: string) => void;
}

/** Says who calls and asks what to do. Escape puts it aside; the call rings on and can be answered in its thread. */
export class RingDialog {
  readonly #dialog = element('#ring', HTMLDialogElement);
  readonly #name = element('#ring-name', HTMLElement);
  readonly #accept = element('#accept', HTMLButtonElement);
  #peerId: string | undefined;
  #putAside: string | undefined;

  constructor({ onAccept, onDecline }: RingHandlers) {
    this.#accept.addEventListener('click', () => this.#answer(onAccept));
    element('#decline', HTMLButtonElement).addEventListener('click', () => this.#answer(onDecline));
    this.#dialog.addEventListener('cancel', () => (this.#putAside = this.#peerId));
  }

  /** @param caller who rings first of those who do; `undefined` where nobody does. */
  show(caller: { readonly peerId: string; readonly name: string } | undefined): void {
    if (caller === undefined || caller.peerId !== this.#putAside) this.#putAside = undefined;
    const shown = this.#putAside === undefined ? caller : undefined;
    this.#peerId = shown?.peerId;
    if (!shown) {
      this.#dialog.close();
      return;
    }
    showText(this.#name, shown.name);
    if (this.#dialog.open) return;
    this.#dialog.showModal();
    this.#accept.focus();
  }

  /** Out of the way at once, before the server knows: what is below it can have the cursor again. */
  #answer(tell: (peerId: string) => void): void {
    const peerId = this.#peerId;
    if (peerId === undefined) return;
    this.#putAside = peerId;
    this.#peerId = undefined;
    this.#dialog.close();
    tell(peerId);
  }
}
