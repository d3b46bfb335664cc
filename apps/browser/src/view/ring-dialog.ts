import { isComposing } from './composing.js';
import { element, showText } from './element.js';

/** Moves the focus to the dialog. No text contains this key, and browsers leave it to the page. */
const KEY_TO_DIALOG = 'F8';

/** The actions of a user on an incoming call. */
export interface RingHandlers {
  readonly onAccept: (peerId: string) => void;
  readonly onDecline: (peerId: string) => void;
}

/** An incoming call. */
export interface Caller {
  readonly peerId: string;
  readonly name: string;
}

/**
 * Shows an incoming call. The dialog never takes the focus, so that a key press meant for a text cannot answer a call. F8
 * moves the focus to the dialog itself, from which Tab leads to its buttons. Escape dismisses the dialog; the call continues
 * to ring and can be answered in its thread.
 */
export class RingDialog {
  /** A popover and not a `dialog` element, which would take the focus when it is shown. */
  readonly #dialog = element('#ring', HTMLElement);
  readonly #name = element('#ring-name', HTMLElement);
  /** A screen reader announces a dialog when it gets the focus. This one it would miss. */
  readonly #announcement = element('#ring-announcement', HTMLElement);
  #callers: readonly Caller[] = [];
  #peerId: string | undefined;
  /** The callers whose ring the user has closed or answered, while they ring. */
  readonly #dismissed = new Set<string>();
  /** The element that had the focus before the dialog. */
  #before: HTMLElement | undefined;

  constructor({ onAccept, onDecline }: RingHandlers) {
    element('#accept', HTMLButtonElement).addEventListener('click', ({ detail }) => this.#answer(onAccept, detail));
    element('#decline', HTMLButtonElement).addEventListener('click', ({ detail }) => this.#answer(onDecline, detail));
    this.#dialog.addEventListener('focusin', ({ relatedTarget }) => {
      if (relatedTarget instanceof HTMLElement && !this.#dialog.contains(relatedTarget)) this.#before = relatedTarget;
    });
    // Before an open panel sees the key.
    document.addEventListener('keydown', (event) => this.#onKey(event), { capture: true });
  }

  /** @param callers all incoming calls. */
  show(callers: readonly Caller[]): void {
    this.#callers = callers;
    const ringing = new Set(callers.map(({ peerId }) => peerId));
    for (const peerId of this.#dismissed) if (!ringing.has(peerId)) this.#dismissed.delete(peerId);
    const shown = callerToShow(callers, this.#peerId, this.#dismissed);
    if (!shown) {
      this.#peerId = undefined;
      this.#close();
      return;
    }
    showText(this.#name, shown.name);
    this.#name.classList.toggle('peer-id', shown.name === shown.peerId);
    const isNew = shown.peerId !== this.#peerId;
    this.#peerId = shown.peerId;
    // Without `autofocus` inside, showing a popover does not move the focus.
    if (isNew) this.#dialog.togglePopover(true);
    // The user was about to answer another call.
    if (isNew && this.#hasFocus) this.#dialog.focus();
    showText(this.#announcement, `${shown.name} is calling you. Press ${KEY_TO_DIALOG} to answer or decline.`);
  }

  #onKey(event: KeyboardEvent): void {
    if (this.#peerId === undefined || isComposing(event)) return;
    if (event.key === KEY_TO_DIALOG) this.#dialog.focus();
    else if (event.key === 'Escape') this.#hide();
    else return;
    // Escape closes one thing at a time.
    event.preventDefault();
  }

  /**
   * Hides the dialog at once, before the server responds.
   *
   * @param clicks the number of this click in a row: the second click of a double click does not answer the next call.
   */
  #answer(notify: (peerId: string) => void, clicks: number): void {
    const peerId = this.#peerId;
    if (peerId === undefined || clicks > 1) return;
    this.#hide();
    notify(peerId);
  }

  /** Another call may ring, too. */
  #hide(): void {
    if (this.#peerId !== undefined) this.#dismissed.add(this.#peerId);
    this.#peerId = undefined;
    this.#close();
    this.show(this.#callers);
  }

  /** Restores the focus if it was in the dialog. */
  #close(): void {
    const before = this.#hasFocus ? this.#before : undefined;
    this.#dialog.togglePopover(false);
    before?.focus();
    this.#before = undefined;
    showText(this.#announcement, undefined);
  }

  get #hasFocus(): boolean {
    return this.#dialog.contains(document.activeElement);
  }
}

/** The call that is shown stays while it rings, so that no press on a button answers another; then the next is shown. */
export function callerToShow(
  callers: readonly Caller[],
  shown: string | undefined,
  dismissed: ReadonlySet<string>,
): Caller | undefined {
  return callers.find(({ peerId }) => peerId === shown) ?? callers.find(({ peerId }) => !dismissed.has(peerId));
}
