import type { ConnectionState } from '@white-rabbit/client';
import { sentenceOfServer, wordOfServer } from '../sentences.js';
import { element, showText } from './element.js';

/** Shows the state of the connection to the server, and a notice if there is no connection. */
export class ServerStatus {
  readonly #status = element('#server-status', HTMLElement);
  readonly #notice = element('#server-notice', HTMLElement);
  readonly #text = element('#server-notice-text', HTMLElement);
  readonly #again = element('#sign-in-again', HTMLButtonElement);
  /** The notice about an outage stays while the client reconnects. */
  #notified: string | undefined;

  /** @param onAgain called when the user wants to sign in again. */
  constructor(onAgain: () => void) {
    this.#again.addEventListener('click', onAgain);
  }

  show(state: ConnectionState): void {
    this.#notified = state.name === 'connecting' ? this.#notified : sentenceOfServer(state);
    this.#status.dataset['state'] = state.name;
    showText(this.#status, wordOfServer(state.name));
    showText(this.#text, this.#notified ?? '');
    this.#notice.hidden = this.#notified === undefined;
    this.#again.hidden = state.name !== 'ended';
  }
}
