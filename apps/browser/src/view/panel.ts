import { element } from './element.js';

/**
 * A panel above the page: a popover, so that the page behind it stays usable and a ring can be answered. The browser closes
 * it on Escape and on a press beside it, and returns the focus.
 */
export class Panel {
  readonly #root: HTMLElement;

  /** @param onOpen called before the panel is shown. Then its first field or button gets the focus. */
  constructor(selector: string, onOpen: () => void) {
    this.#root = element(selector, HTMLElement);
    this.#root.addEventListener('beforetoggle', ({ newState }) => {
      if (newState === 'open') onOpen();
    });
    this.#root.addEventListener('toggle', ({ newState }) => {
      if (newState === 'open') this.#root.focus();
    });
  }

  open(): void {
    this.#root.showPopover();
  }

  close(): void {
    this.#root.hidePopover();
  }
}
