import type { LineState } from '@white-rabbit/client';
import { sentenceOfServer, wordOfServer } from '../sentences.js';
import { element, showText } from './element.js';

/** Shows how the connection to the server is, and what to do where it is gone. */
export class ServerStatus {
  readonly #status = element('#server-status', HTMLElement);
  readonly #notice = element('#server-notice', HTMLElement);
  readonly #text = element('#server-notice-text', HTMLElement);
  readonly #again = element('#sign-in-again', HTMLButtonElement);
  /** What is told of an outage stays while it is tried to come back. */
  #told: string | undefined;

  /** @param onAgain the person wants to sign in again. */
  constructor(onAgain: () => void) {
    this.#again.addEventListener('click', onAgain);
  }

  show(state: LineState): void {
    this.#told = state.name === 'connecting' ? this.#told : sentenceOfServer(state);
    this.#status.dataset['state'] = state.name;
    showText(this.#status, wordOfServer(state.name));
    showText(this.#text, this.#told ?? '');
    this.#notice.hidden = this.#told === undefined;
    this.#again.hidden = state.name !== 'ended';
  }
}
