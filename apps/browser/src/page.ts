import type { Contact } from '@white-rabbit/client/chat';
import { isInvitationLink, type Linked } from './address.js';
import { Attention } from './attention.js';
import { coalesced } from './coalesced.js';
import { CONTACT_FORM, readContact } from './contact.js';
import { IDENTITIES } from './identities.js';
import { Invitations } from './invitations.js';
import { STORE } from './kept-values.js';
import type { Messenger } from './messenger.js';
import type { Profile } from './profile.js';
import { sentenceOfElsewhere, sentenceOfNoServer, sentenceOfTakeover, SENTENCES } from './sentences.js';
import { Session } from './session.js';
import { keepSettings, keptSettings } from './settings.js';
import { BlockedList } from './view/blocked-list.js';
import { ChatPane } from './view/chat-pane.js';
import { AddContactForm, ContactList } from './view/contact-list.js';
import { element, showText } from './view/element.js';
import { SharedFileList } from './view/file-list.js';
import { RingDialog } from './view/ring-dialog.js';
import { ServerStatus } from './view/server-status.js';
import { SettingsPanel } from './view/settings-panel.js';
import { SignInForm } from './view/sign-in-form.js';

const TITLE = 'White Rabbit';

/** The page: connects the views to the session of the user that signed in. */
export class Page {
  readonly #root = element('#messenger', HTMLElement);
  readonly #storageNotice = element('#storage-notice', HTMLElement);
  readonly #ownName = element('#own-name', HTMLElement);
  readonly #form = new SignInForm((profile, takesOver) => void this.#signIn(profile, takesOver));
  readonly #status = new ServerStatus(() => this.#leave());
  readonly #list = new ContactList((peerId) => this.#choose(peerId));
  readonly #attention = new Attention(keptSettings(STORE), (peerId) => this.#choose(peerId));
  readonly #settings = new SettingsPanel(this.#attention.settings, (settings) => {
    keepSettings(STORE, settings);
    this.#attention.settings = settings;
    this.#show();
  });
  readonly #invitations = new Invitations(() => ({
    session: this.#session,
    form: this.#form,
    addContact: (contact) => this.#keepContact(contact),
  }));
  readonly #blocked = new BlockedList((peerId) => this.#changeBook((messenger) => messenger.unblock(peerId)));
  readonly #ring = new RingDialog({
    onAccept: (peerId) => this.#accept(peerId),
    onDecline: (peerId) => this.#messenger?.decline(peerId),
  });
  readonly #chat = new ChatPane({
    onCall: () => this.#withChosen((messenger, peerId) => messenger.call(peerId)),
    onAnswer: () => this.#withChosen((_, peerId) => this.#accept(peerId)),
    onHangup: () => this.#withChosen((messenger, peerId) => messenger.hangup(peerId)),
    onText: (text) => this.#withChosen((messenger, peerId) => messenger.send(peerId, text)) ?? false,
    onKeepContact: () => this.#withChosen((messenger, peerId) => void this.#keepPeer(messenger, peerId)),
    onForgetContact: () => this.#changeChosen((messenger, peerId) => void messenger.removeContact(peerId)),
    onBlock: () => this.#changeChosen((messenger, peerId) => messenger.block(peerId)),
    onUnblock: () => this.#changeChosen((messenger, peerId) => messenger.unblock(peerId)),
    onBack: () => this.#choose(undefined),
  });
  readonly #files = new SharedFileList({
    onFiles: (files) => this.#withChosen((messenger, peerId) => messenger.sendFiles(peerId, files)),
    onAccept: (file) => this.#messenger?.files.accept(file),
    onAgain: ({ source }) => this.#withChosen((messenger, peerId) => source && messenger.sendFiles(peerId, [source])),
    onRemove: (file) => this.#withChosen((messenger, peerId) => messenger.files.remove(peerId, file)),
  });
  /** The server reports the presence of many contacts at the same time. */
  readonly #showSoon = coalesced(() => this.#show());
  #session: Session | undefined;
  #chosen: string | undefined;

  /** @param profile the initial values of the form. */
  constructor(profile: Profile) {
    new AddContactForm((text) => this.#addContact(text));
    this.#form.open(profile);
    element('#leave', HTMLButtonElement).addEventListener('click', () => this.#leave());
    document.addEventListener('visibilitychange', () => this.#show());
    window.addEventListener('pagehide', () => this.#session?.leave());
    // Back from another page, the browser may show this one as it was, but its connections are closed.
    window.addEventListener('pageshow', ({ persisted }) => persisted && this.#leave());
  }

  /** Opens the link that brought the user here: fills in the form, or shows an invitation. */
  follow(linked: Linked | undefined): void {
    if (linked?.kind === 'invitation') void this.#invitations.open(linked.link);
    else if (linked && !this.#session) this.#form.open(linked.profile);
  }

  get #messenger(): Messenger | undefined {
    return this.#session?.messenger;
  }

  async #signIn(profile: Profile, takesOver: boolean): Promise<void> {
    this.#form.showError(undefined);
    this.#form.showWaiting(true);
    const result = await Session.open(profile, takesOver, {
      onChange: this.#showSoon,
      onNews: (news) => this.#attention.announce(news, this.#messenger?.book.nameOf(news.peerId) ?? ''),
      onTakenOver: () => this.#leave(sentenceOfTakeover(profile.name)),
    });
    if (result.ok) this.#session = result.session;
    else if (result.reason === 'invalid') this.#form.showError(result.sentence);
    else this.#form.offerTakeover(sentenceOfElsewhere(profile.name));
    this.#show();
  }

  #show(): void {
    const messenger = this.#messenger;
    if (!messenger) return;
    if (!messenger.wasOnline) {
      this.#showSigningIn(messenger);
      return;
    }
    this.#session?.accept();
    this.#form.close();
    this.#root.hidden = false;
    this.#storageNotice.hidden = !STORE.hasRefused;
    if (this.#chosen !== undefined && !messenger.peerIds.includes(this.#chosen)) this.#chosen = undefined;
    this.#root.dataset['view'] = this.#chosen === undefined ? 'contacts' : 'chat';
    if (this.#chosen !== undefined && document.visibilityState === 'visible') messenger.thread(this.#chosen).markRead();
    showText(this.#ownName, this.#session?.profile.name);
    this.#status.show(messenger.server);
    this.#list.show(messenger, this.#chosen);
    this.#chat.show(messenger, this.#chosen);
    this.#files.show(messenger, this.#chosen);
    this.#blocked.show(messenger);
    this.#showRing(messenger);
  }

  /** Until the server has accepted the user once, the form stays open, so that the user can correct it. */
  #showSigningIn({ server }: Messenger): void {
    if (server.name !== 'ended' && server.name !== 'waiting') return;
    const session = this.#session;
    this.#session = undefined;
    session?.leave();
    this.#form.showError(server.name === 'ended' ? SENTENCES.refusal(server.why) : sentenceOfNoServer(server.why));
  }

  #showRing(messenger: Messenger): void {
    const { ringing } = messenger;
    const callers = ringing.map(({ peerId }) => ({ peerId, name: messenger.book.nameOf(peerId) }));
    this.#attention.setRinging(callers.map(({ peerId }) => peerId));
    this.#ring.show(callers);
    const unread = messenger.peerIds.reduce((sum, peerId) => sum + messenger.thread(peerId).unread, 0);
    const news = callers[0] ? `${callers[0].name} is calling` : unread > 0 ? `(${unread})` : '';
    document.title = [news, TITLE].filter(Boolean).join(' · ');
  }

  #choose(peerId: string | undefined): void {
    this.#chosen = peerId;
    this.#show();
    if (peerId !== undefined) this.#chat.focus();
  }

  #accept(peerId: string): void {
    this.#closePanels();
    this.#messenger?.accept(peerId);
    this.#choose(peerId);
  }

  /** Resolves with a sentence if the text is not a valid contact. */
  async #addContact(text: string): Promise<string | undefined> {
    if (isInvitationLink(text)) {
      await this.#invitations.open(text);
      return undefined;
    }
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

  /** Adds the peer of a conversation, which says if that was refused. */
  async #keepPeer(messenger: Messenger, peerId: string): Promise<void> {
    const refusal = await this.#keepContact({ name: peerId, peerId });
    if (refusal !== undefined) messenger.note(peerId, refusal);
  }

  /** Changes the contacts or the blocked peers, and stores them. */
  #changeBook(change: (messenger: Messenger) => void): void {
    if (this.#messenger) change(this.#messenger);
    this.#keepBook();
  }

  #keepBook(): void {
    this.#session?.keepBook();
    this.#show();
  }

  #changeChosen(change: (messenger: Messenger, peerId: string) => void): void {
    this.#changeBook(() => this.#withChosen(change));
  }

  #closePanels(): void {
    this.#settings.close();
    this.#invitations.close();
  }

  /** @param why the reason, if it was not the user. */
  #leave(why?: string): void {
    const session = this.#session;
    if (!session) return;
    this.#session = undefined;
    this.#chosen = undefined;
    session.leave();
    this.#closePanels();
    this.#root.hidden = true;
    this.#ring.show([]);
    this.#attention.setRinging([]);
    document.title = TITLE;
    this.#form.open(session.profile);
    if (why !== undefined) this.#form.offerTakeover(why);
  }

  #withChosen<T>(act: (messenger: Messenger, peerId: string) => T): T | undefined {
    return this.#messenger && this.#chosen !== undefined ? act(this.#messenger, this.#chosen) : undefined;
  }
}
