import { writeInvitation, type Invitation } from '@white-rabbit/client/chat';
import { CopyButton } from './copy-button.js';
import { element, showText } from './element.js';
import { Panel } from './panel.js';
import { drawQrCode } from './qr-code.js';

/** The panel with the invitation that this user can pass on. */
export class InvitePanel {
  readonly #panel = new Panel('#invite', () => void this.#show());
  readonly #link = element('#invite-link', HTMLInputElement);
  readonly #fingerprint = element('#invite-fingerprint', HTMLElement);
  readonly #code = element('#invite-code', SVGSVGElement);
  readonly #invitation: () => Promise<Invitation | undefined>;

  /** @param invitation returns the invitation of the user that has signed in. */
  constructor(invitation: () => Promise<Invitation | undefined>, ownPeerId: () => string) {
    this.#invitation = invitation;
    new CopyButton('#copy-invite', 'Your invitation', () => this.#link.value);
    new CopyButton('#copy-own-id', 'Your peer id', ownPeerId);
    this.#link.addEventListener('focus', () => this.#link.select());
  }

  close(): void {
    this.#panel.close();
  }

  async #show(): Promise<void> {
    const invitation = await this.#invitation();
    if (!invitation) return;
    // The link leads to this page, without what stands after its path.
    const link = writeInvitation(invitation, `${location.origin}${location.pathname}`);
    this.#link.value = link;
    showText(this.#fingerprint, invitation.fingerprint);
    drawQrCode(this.#code, link);
  }
}
