import { createInvitation, readInvitation, type Contact, type Invitation } from '@white-rabbit/client/chat';
import { faultOfName, listedContacts } from './contact.js';
import { keptBook } from './kept-book.js';
import { STORE } from './kept-values.js';
import { takesServer } from './profile.js';
import { receiveInvitation, type InvitationContext } from './received-invitation.js';
import type { Session } from './session.js';
import { InvitationPanel } from './view/invitation-panel.js';
import { InvitePanel } from './view/invite-panel.js';
import type { SignInForm } from './view/sign-in-form.js';

/** The part of the page that invitations need. */
export interface InvitationHost {
  /** `undefined` until the user has signed in. */
  readonly session: Session | undefined;
  readonly form: SignInForm;
  /** Adds a contact. Resolves with a sentence if the server refused it. */
  readonly addContact: (contact: Contact) => Promise<string | undefined>;
}

/** The invitations that the user passes on and receives. */
export class Invitations {
  readonly #host: () => InvitationHost;
  readonly #received = new InvitationPanel((invitation, name) => this.#add(invitation, name));
  readonly #own = new InvitePanel(
    () => this.#create(),
    () => this.#host().session?.messenger.identity.peerId ?? '',
  );

  constructor(host: () => InvitationHost) {
    this.#host = host;
  }

  /** Shows the invitation in a link, or why it is none. Adds nothing by itself. */
  async open(link: string): Promise<void> {
    this.#received.show(receiveInvitation(await readInvitation(link), this.#context));
  }

  close(): void {
    this.#received.close();
    this.#own.close();
  }

  async #create(): Promise<Invitation | undefined> {
    const { session } = this.#host();
    if (!session) return undefined;
    const { url, name } = session.profile;
    return createInvitation({ server: url, peerId: session.messenger.identity.peerId, name });
  }

  async #add({ peerId, server }: Invitation, name: string): Promise<string | undefined> {
    const fault = faultOfName(name, this.#context.contacts);
    if (fault !== undefined) return fault;
    const { session, form, addContact } = this.#host();
    if (session) return addContact({ name, peerId });
    form.addContact({ name, peerId }, server);
    return undefined;
  }

  get #context(): InvitationContext {
    const { session, form } = this.#host();
    if (session) {
      const { book, identity } = session.messenger;
      return { server: session.profile.url, ownPeerId: identity.peerId, contacts: book.contacts };
    }
    const { profile } = form;
    return {
      server: takesServer(profile) || profile.url === '' ? undefined : profile.url,
      ownPeerId: undefined,
      contacts: [...keptBook(STORE, profile.name).contacts, ...listedContacts(profile.contacts)],
    };
  }
}
