import type { ConnectionState } from '@white-rabbit/client';
import { AddressBook, type Contact } from '@white-rabbit/client/chat';
import { CONTACT_FORM, readContact, splitContacts } from './contact.js';
import { IDENTITIES } from './identities.js';
import { Messenger } from './messenger.js';
import { faultOf, keepProfile, type Profile } from './profile.js';
import { sentenceOfNoServer, sentenceOfServer, SENTENCES, wordOfServer } from './sentences.js';
import { ChatPane } from './view/chat-pane.js';
import { AddContactForm, ContactList } from './view/contact-list.js';
import { element, showText } from './view/element.js';
import { RingDialog } from './view/ring-dialog.js';
import { SignInForm } from './view/sign-in-form.js';

const TITLE = 'White Rabbit';

/** The page: connects the views to the messenger of the user that signed in. */
export class Page {
  readonly #root = element('#messenger', HTMLElement);
  readonly #ownName = element('#own-name', HTMLElement);
  readonly #form = new SignInForm((profile) => void this.#signIn(profile));
  readonly #status = new ServerStatus(() => this.#leave());
  readonly #list = new ContactList((peerId) => this.#choose(peerId));
  readonly #ring = new RingDialog({
    onAccept: (peerId) => this.#accept(peerId),
    onDecline: (peerId) => this.#messenger?.decline(peerId),
  });
  readonly #chat = new ChatPane({
    onCall: () => this.#withChosen((messenger, peerId) => messenger.call(peerId)),
    onAnswer: () => this.#withChosen((_, peerId) => this.#accept(peerId)),
    onHangup: () => this.#withChosen((messenger, peerId) => messenger.hangup(peerId)),
    onText: (text) => this.#withChosen((messenger, peerId) => messenger.send(peerId, text)) ?? false,
    onKeepContact: () => this.#withChosen((_, peerId) => void this.#keepContact({ name: peerId, peerId })),
    onForgetContact: () => this.#withChosen((_, peerId) => this.#forgetContact(peerId)),
    onBack: () => this.#choose(undefined),
  });
  #profile: Profile;
  #messenger: Messenger | undefined;
  #chosen: string | undefined;

  /** @param profile the initial values of the form. */
  constructor(profile: Profile) {
    this.#profile = profile;
    new AddContactForm((text) => this.#addContact(text));
    this.#form.open(profile);
    element('#leave', HTMLButtonElement).addEventListener('click', () => this.#leave());
    element('#copy-own-id', HTMLButtonElement).addEventListener('click', ({ currentTarget }) => {
      if (currentTarget instanceof HTMLButtonElement) void this.#copyOwnId(currentTarget);
    });
    document.addEventListener('visibilitychange', () => this.#show());
    window.addEventListener('pagehide', () => this.#messenger?.leave());
  }

  async #signIn(profile: Profile): Promise<void> {
    this.#profile = profile;
    this.#form.showError(undefined);
    this.#form.showWaiting(true);
    try {
      this.#messenger = await this.#messengerFor(profile);
    } catch (fault) {
      this.#form.showError(fault instanceof Error ? fault.message : String(fault));
      return;
    }
    keepProfile(localStorage, profile);
    this.#show();
  }

  /** @throws Error with a sentence for the user, if a value of the form is invalid. */
  async #messengerFor(profile: Profile): Promise<Messenger> {
    const fault = faultOf(profile);
    if (fault !== undefined) throw new Error(fault);
    const contacts = await Promise.all(splitContacts(profile.contacts).map(checkedContact));
    const identity = await IDENTITIES.open(profile.name);
    const messenger: Messenger = new Messenger(profile, identity, new AddressBook(contacts), () => {
      if (this.#messenger === messenger) this.#show();
    });
    return messenger;
  }

  #show(): void {
    const messenger = this.#messenger;
    if (!messenger) return;
    const { server } = messenger;
    if (!messenger.wasOnline) {
      this.#showSigningIn(messenger);
      return;
    }
    this.#form.close();
    this.#root.hidden = false;
    if (this.#chosen !== undefined && !messenger.peerIds.includes(this.#chosen)) this.#chosen = undefined;
    this.#root.dataset['view'] = this.#chosen === undefined ? 'contacts' : 'chat';
    if (this.#chosen !== undefined && document.visibilityState === 'visible') messenger.thread(this.#chosen).markRead();
    showText(this.#ownName, this.#profile.name);
    this.#status.show(server);
    this.#list.show(messenger, this.#chosen);
    this.#chat.show(messenger, this.#chosen);
    this.#showRing(messenger);
  }

  /** Until the server has accepted the user once, the form stays open, so that the user can correct it. */
  #showSigningIn(messenger: Messenger): void {
    const { server } = messenger;
    if (server.name === 'ended') {
      this.#messenger = undefined;
      this.#form.showError(SENTENCES.refusal(server.why));
    } else if (server.name === 'waiting') {
      this.#messenger = undefined;
      messenger.leave();
      this.#form.showError(sentenceOfNoServer(server.why));
    }
  }

  #showRing(messenger: Messenger): void {
    const [first] = messenger.ringing;
    const caller = first && { peerId: first.peerId, name: messenger.book.nameOf(first.peerId) };
    this.#ring.show(caller);
    const unread = messenger.peerIds.reduce((sum, peerId) => sum + messenger.thread(peerId).unread, 0);
    const news = caller ? `${caller.name} is calling` : unread > 0 ? `(${unread})` : '';
    document.title = [news, TITLE].filter(Boolean).join(' · ');
  }

  #choose(peerId: string | undefined): void {
    this.#chosen = peerId;
    this.#show();
    if (peerId !== undefined) this.#chat.focus();
  }

  #accept(peerId: string): void {
    this.#messenger?.accept(peerId);
    this.#choose(peerId);
  }

  /** Resolves with a sentence if the text is not a valid contact. */
  async #addContact(text: string): Promise<string | undefined> {
    const contact = await readContact(text, IDENTITIES);
    if (!contact) return CONTACT_FORM;
    if (contact.peerId === this.#messenger?.identity.peerId) return 'This is your own peer id.';
    return this.#keepContact(contact);
  }

  async #keepContact(contact: Contact): Promise<string | undefined> {
    const refusal = await this.#messenger?.addContact(contact);
    this.#keepBook();
    return refusal;
  }

  #forgetContact(peerId: string): void {
    void this.#messenger?.removeContact(peerId);
    this.#keepBook();
  }

  #keepBook(): void {
    if (!this.#messenger) return;
    this.#profile = { ...this.#profile, contacts: this.#messenger.book.toString() };
    keepProfile(localStorage, this.#profile);
  }

  async #copyOwnId(button: HTMLButtonElement): Promise<void> {
    const label = button.textContent;
    const peerId = this.#messenger?.identity.peerId ?? '';
    try {
      await navigator.clipboard.writeText(peerId);
    } catch {
      // A page has no clipboard without TLS or without the permission of the user.
      window.prompt('Your peer id', peerId);
      return;
    }
    button.textContent = 'Copied';
    button.addEventListener('blur', () => (button.textContent = label), { once: true });
  }

  #leave(): void {
    this.#messenger?.leave();
    this.#messenger = undefined;
    this.#chosen = undefined;
    this.#root.hidden = true;
    this.#ring.show(undefined);
    document.title = TITLE;
    this.#form.open(this.#profile);
  }

  #withChosen<T>(act: (messenger: Messenger, peerId: string) => T): T | undefined {
    return this.#messenger && this.#chosen !== undefined ? act(this.#messenger, this.#chosen) : undefined;
  }
}

/** @throws Error with a sentence for the user, if the word is not a contact. */
async function checkedContact(word: string): Promise<Contact> {
  const contact = await readContact(word, IDENTITIES);
  if (!contact) throw new Error(`“${word}” is not a contact. ${CONTACT_FORM}`);
  return contact;
}

/** Shows the state of the connection to the server, and a notice if there is no connection. */
class ServerStatus {
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
