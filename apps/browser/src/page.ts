import { keepIdentity } from '@white-rabbit/client';
import { AddressBook } from './address-book.js';
import { NOBODY, readContact, splitContacts, type Contact } from './contact.js';
import { Messenger } from './messenger.js';
import { faultOf, identityKey, keepProfile, type Profile } from './profile.js';
import { sentenceOfNoServer, sentenceOfRefusal } from './sentences.js';
import { ChatPane } from './view/chat-pane.js';
import { ContactList } from './view/contact-list.js';
import { AddContactForm } from './view/add-contact-form.js';
import { element, showText } from './view/element.js';
import { RingDialog } from './view/ring-dialog.js';
import { ServerStatus } from './view/server-status.js';
import { SignInForm } from './view/sign-in-form.js';

const TITLE = 'White Rabbit';

/** The page: who signs in at it, and which conversation they look at. */
export class Page {
  readonly #root = element('#messenger', HTMLElement);
  readonly #ownName = element('#own-name', HTMLElement);
  readonly #form = new SignInForm((profile) => this.#signIn(profile));
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
    onText: (text) => this.#withChosen((messenger, peerId) => messenger.say(peerId, text)) ?? false,
    onKeepContact: () => this.#withChosen((_, peerId) => void this.#keepContact({ name: peerId, peerId })),
    onForgetContact: () => this.#withChosen((_, peerId) => this.#forgetContact(peerId)),
    onBack: () => this.#choose(undefined),
  });
  #profile: Profile;
  #messenger: Messenger | undefined;
  #chosen: string | undefined;

  /** @param profile what the form shows at first. */
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

  #signIn(profile: Profile): void {
    this.#profile = profile;
    try {
      this.#messenger = this.#messengerFor(profile);
    } catch (fault) {
      this.#form.sorry(fault instanceof Error ? fault.message : String(fault));
      return;
    }
    keepProfile(localStorage, profile);
    this.#form.sorry(undefined);
    this.#form.wait(true);
    this.#show();
  }

  /** @throws Error with a sentence for the person, where something was filled in that cannot be. */
  #messengerFor(profile: Profile): Messenger {
    const fault = faultOf(profile);
    if (fault !== undefined) throw new Error(fault);
    const contacts = splitContacts(profile.contacts).map((word) => {
      const contact = readContact(word, localStorage);
      if (!contact) throw new Error(`“${word}” is nobody. ${NOBODY}`);
      return contact;
    });
    const identity = keepIdentity(localStorage, identityKey(profile.name));
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
    if (this.#chosen !== undefined && document.visibilityState === 'visible') messenger.thread(this.#chosen).read();
    showText(this.#ownName, this.#profile.name);
    this.#status.show(server);
    this.#list.show(messenger, this.#chosen);
    this.#chat.show(messenger, this.#chosen);
    this.#showRing(messenger);
  }

  /** Until the server has taken this person once, they are at the form: there is something to correct. */
  #showSigningIn(messenger: Messenger): void {
    const { server } = messenger;
    if (server.name === 'ended') {
      this.#messenger = undefined;
      this.#form.sorry(sentenceOfRefusal(server.why));
    } else if (server.name === 'waiting') {
      this.#messenger = undefined;
      messenger.leave();
      this.#form.sorry(sentenceOfNoServer(server.why));
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

  /** Resolves with what is wrong, as a sentence. */
  async #addContact(text: string): Promise<string | undefined> {
    const contact = readContact(text, localStorage);
    if (!contact) return NOBODY;
    if (contact.peerId === this.#messenger?.identity.peerId) return 'That is yourself.';
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
      // There is no clipboard for pages without TLS, nor for those that the person does not trust with it.
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
