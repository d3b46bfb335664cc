import { element } from './element.js';

/** A button that copies a text and says so. */
export class CopyButton {
  readonly #button: HTMLButtonElement;
  readonly #label: string;

  /**
   * @param what names the text if the browser has no clipboard and the user must copy it by hand.
   * @param text returns the text at the time of the press.
   */
  constructor(selector: string, what: string, text: () => string) {
    this.#button = element(selector, HTMLButtonElement);
    this.#label = this.#button.textContent;
    this.#button.addEventListener('click', () => void this.#copy(what, text()));
    this.#button.addEventListener('blur', () => (this.#button.textContent = this.#label));
  }

  async #copy(what: string, text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // A page has no clipboard without TLS or without the permission of the user.
      window.prompt(what, text);
      return;
    }
    this.#button.textContent = 'Copied';
  }
}
