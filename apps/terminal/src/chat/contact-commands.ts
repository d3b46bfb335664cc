import { isGeneratedPeerId } from '@white-rabbit/client/chat';
import { contactFault } from '../contacts/contact-names.js';
import { readContactArgument } from '../contacts/contact-argument.js';
import { SENTENCES } from '../sentences.js';
import { namesOf, refuse, type ChatContext } from './chat-context.js';
import type { CurrentCall } from './current-call.js';

/** The commands that change and show the contacts and the blocked peers. Each change is saved before the command ends. */
export class ContactCommands {
  readonly #context: ChatContext;
  readonly #calls: Pick<CurrentCall, 'conversation' | 'endWith'>;

  constructor(context: ChatContext, calls: Pick<CurrentCall, 'conversation' | 'endWith'>) {
    this.#context = context;
    this.#calls = calls;
  }

  /** Adds a contact, or gives a contact another name. */
  async add(argument: string): Promise<boolean> {
    const { screen, client, options, contacts } = this.#context;
    const read = await readContactArgument(argument);
    if (!read.ok) return refuse(screen, read.sentence);
    const { contact, invitation } = read;
    if (contact.peerId === options.identity.peerId)
      return refuse(screen, 'This is your own peer id. Send your invitation to the other user.');
    const fault = contactFault(contacts.book, contact);
    if (fault !== undefined) return refuse(screen, fault);
    const wasContact = contacts.book.has(contact.peerId);
    contacts.book.add(contact);
    const outcome = await client.addContacts([contact.peerId]);
    if (!client.contacts.has(contact.peerId)) {
      contacts.book.remove(contact.peerId);
      return refuse(screen, outcome.ok ? 'The contact was removed again.' : SENTENCES.contactRefusal(outcome.code));
    }
    const { name } = contact;
    screen.notify(wasContact ? `This contact is now called ${name}.` : `${name} is a contact now.`, 'good');
    if (invitation) this.#explain(name, invitation.server, invitation.fingerprint);
    if (contacts.book.isBlocked(contact.peerId)) screen.notify(`${name} is blocked. /unblock ${name} allows calls.`);
    return this.#save();
  }

  async remove(word: string): Promise<boolean> {
    const { screen, client, contacts } = this.#context;
    const peerId = contacts.book.find(word);
    if (peerId === undefined) return refuse(screen, `Name a contact to remove. ${namesOf(contacts.book)}`);
    const name = contacts.book.nameOf(peerId);
    contacts.book.remove(peerId);
    await client.removeContacts([peerId]);
    screen.notify(`${name} is no longer a contact.`, 'good');
    return this.#save();
  }

  /** Declines all further calls of a peer, and ends the current one. Without a name the peer of the current call. */
  async block(word: string): Promise<boolean> {
    const { screen, contacts } = this.#context;
    const peerId = word === '' ? this.#calls.conversation?.call.peerId : this.#findPeer(word);
    if (peerId === undefined) return refuse(screen, `Name a contact or a peer id to block. ${namesOf(contacts.book)}`);
    const name = contacts.book.nameOf(peerId);
    contacts.book.block(peerId);
    // The end of a call can take seconds, in which this program may be stopped.
    const isSaved = await this.#save();
    await this.#calls.endWith(peerId);
    screen.notify(`${name} is blocked: all calls are declined without a notice. /unblock ${name} allows them.`, 'good');
    return isSaved;
  }

  async unblock(word: string): Promise<boolean> {
    const { screen, contacts } = this.#context;
    const { blocked } = contacts.book;
    const peerId = [contacts.book.find(word), word].find((found) => found !== undefined && blocked.includes(found));
    const names = blocked.map((each) => contacts.book.nameOf(each)).join(', ') || 'none';
    if (peerId === undefined) return refuse(screen, `Name a blocked peer. Blocked: ${names}.`);
    contacts.book.unblock(peerId);
    screen.notify(`${contacts.book.nameOf(peerId)} can call you again.`, 'good');
    return this.#save();
  }

  /** Shows the presence of all contacts, and the blocked peers. */
  list(): true {
    const { screen, client, contacts } = this.#context;
    const { book } = contacts;
    if (client.state.name !== 'online')
      screen.notify('There is no connection to the server. Last known presence:', 'bad');
    if (book.contacts.length === 0) screen.notify('You have no contacts. Exchange invitations: /invite and /add LINK.');
    for (const { name, peerId } of book.contacts.filter((contact) => !book.isBlocked(contact.peerId))) {
      const online = client.presence.get(peerId) === 'ONLINE';
      screen.notify(`${name} is ${online ? 'online' : 'offline'}`, online ? 'good' : 'quiet');
    }
    for (const peerId of book.blocked) screen.notify(`${book.nameOf(peerId)} is blocked`);
    return true;
  }

  #explain(name: string, server: string, fingerprint: string): void {
    const { screen, options } = this.#context;
    screen.notify(
      `Compare this code with ${name} over another channel: ${fingerprint}. ${name} sees it with /invite. If it is the same, no server can pose as ${name}.`,
    );
    if (!options.url.some((url) => isSameServer(url, server)))
      screen.notify(
        `${name} uses the server ${server}, and you use ${options.url.join(', ')}. If these are not servers of one cluster, ${name} stays offline for you.`,
        'bad',
      );
  }

  #findPeer(word: string): string | undefined {
    const { book } = this.#context.contacts;
    return book.find(word) ?? (isGeneratedPeerId(word) ? word : undefined);
  }

  async #save(): Promise<boolean> {
    const { screen, contacts, show } = this.#context;
    show();
    try {
      await contacts.save();
      return true;
    } catch (error) {
      return refuse(screen, error instanceof Error ? error.message : String(error));
    }
  }
}

function isSameServer(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).host === new URL(other).host;
}
