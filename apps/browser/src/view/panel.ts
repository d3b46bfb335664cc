import { element } from './element.js';

/**
 * A panel above the page: a popover, so that the page behind it stays usable and a ring can be answered. The browser closes
 * an `auto` popover on a press beside it; a `manual` one stays.
 */
export class Panel {
  readonly #root: HTMLElement;
  /** The element that had the focus before the panel. */
  #before: Element | null = null;

  /** @param onOpen called before the panel is shown. Then the panel has the focus. */
  constructor(selector: string, onOpen?: () => void) {
    this.#root = element(selector, HTMLElement);
    this.#root.addEventListener('beforetoggle', ({ newState }) => {
      if (newState === 'open') onOpen?.();
    });
    this.#root.addEventListener('toggle', ({ newState }) => {
      if (newState === 'open') this.#takeFocus();
      else this.#returnFocus();
    });
    this.#root.addEventListener('keydown', ({ key, defaultPrevented }) => {
      if (key === 'Escape' && !defaultPrevented) this.close();
    });
  }

  open(): void {
    this.#root.togglePopover(true);
  }

  close(): void {
    this.#root.togglePopover(false);
  }

  #takeFocus(): void {
    this.#before = document.activeElement;
    this.#root.focus();
  }

  /** The page stays usable with the keyboard. */
  #returnFocus(): void {
    if (document.activeElement === document.body && this.#before instanceof HTMLElement) this.#before.focus();
  }
}
