import type { Invitation } from '@white-rabbit/client/chat';
import type { ReceivedInvitation } from '../received-invitation.js';
import { element, showText } from './element.js';
import { Panel } from './panel.js';

/** Resolves with a sentence if the contact was not added. */
export type AddInvited = (invitation: Invitation, name: string) => Promise<string | undefined>;

/** The panel with an invitation that this user has received. Nothing is added before the user presses Add. */
export class InvitationPanel {
  readonly #panel = new Panel('#invitation');
  readonly #title = element('#invitation-title', HTMLElement);
  readonly #sentence = element('#invitation-sentence', HTMLElement);
  readonly #form = element('#invitation-form', HTMLFormElement);
  readonly #fingerprint = element('#invitation-fingerprint', HTMLElement);
  readonly #server = element('#invitation-server', HTMLElement);
  readonly #name = element('#invitation-name', HTMLInputElement);
  #invitation: Invitation | undefined;

  constructor(onAdd: AddInvited) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#add(onAdd);
    });
  }

  show(received: ReceivedInvitation): void {
    const isOpen = received.state === 'open';
    this.#form.hidden = !isOpen;
    this.#invitation = isOpen ? received.invitation : undefined;
    showText(this.#title, isOpen ? `${received.invitation.name} invites you` : 'Invitation');
    showText(this.#sentence, isOpen ? received.hint : received.sentence);
    if (isOpen) {
      showText(this.#fingerprint, received.invitation.fingerprint);
      showText(this.#server, received.invitation.server);
      this.#name.value = received.name;
    }
    this.#panel.open();
  }

  close(): void {
    this.#panel.close();
  }

  async #add(onAdd: AddInvited): Promise<void> {
    if (!this.#invitation) return;
    const fault = await onAdd(this.#invitation, this.#name.value.trim());
    showText(this.#sentence, fault);
    if (fault === undefined) this.close();
  }
}
