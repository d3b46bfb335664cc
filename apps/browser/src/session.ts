import type { AddressBook, Contact } from '@white-rabbit/client/chat';
import { CONTACT_FORM, mergeContacts, readContact, splitContacts } from './contact.js';
import { IDENTITIES } from './identities.js';
import { keepBook, keptBook } from './kept-book.js';
import { STORE } from './kept-values.js';
import { Messenger } from './messenger.js';
import type { ChangeHandlers } from './news.js';
import { ProfileLock } from './profile-lock.js';
import { faultOf, keepProfile, type Profile } from './profile.js';

const NEEDS_TLS = 'Open this page over https. A browser keeps no identity for a page without TLS.';

/** Callbacks of a session. */
export interface SessionHandlers extends ChangeHandlers {
  /** Another tab takes over the name. The page must leave. */
  readonly onTakenOver: () => void;
}

/** The result of opening a session. `elsewhere`: another tab uses the name. */
export type SessionResult =
  | { readonly ok: true; readonly session: Session }
  | { readonly ok: false; readonly reason: 'elsewhere' }
  | { readonly ok: false; readonly reason: 'invalid'; readonly sentence: string };

/** A user that signs in or has signed in: the profile, its lock in this browser, and its messenger. */
export class Session {
  readonly messenger: Messenger;
  readonly #lock: ProfileLock;
  #profile: Profile;
  #isAccepted = false;

  private constructor(profile: Profile, messenger: Messenger, lock: ProfileLock) {
    this.#profile = profile;
    this.messenger = messenger;
    this.#lock = lock;
  }

  /**
   * Connects to the server with the values of the form, and stores them. Never rejects.
   *
   * @param takesOver whether another tab must leave.
   */
  static async open(profile: Profile, takesOver: boolean, handlers: SessionHandlers): Promise<SessionResult> {
    const fault = isSecureContext ? faultOf(profile) : NEEDS_TLS;
    if (fault !== undefined) return { ok: false, reason: 'invalid', sentence: fault };
    let lock: ProfileLock | undefined;
    try {
      lock = await ProfileLock[takesOver ? 'takeOver' : 'take'](profile.name, handlers.onTakenOver);
      if (!lock) return { ok: false, reason: 'elsewhere' };
      const book = await bookOf(profile);
      const identity = await IDENTITIES.open(profile.name);
      // A third tab may have taken the name over meanwhile.
      if (lock.isLost) {
        lock.release();
        return { ok: false, reason: 'elsewhere' };
      }
      keepProfile(STORE, profile);
      const messenger = new Messenger(profile, identity, book, handlers);
      return { ok: true, session: new Session(profile, messenger, lock) };
    } catch (cause) {
      lock?.release();
      return { ok: false, reason: 'invalid', sentence: cause instanceof Error ? cause.message : String(cause) };
    }
  }

  get profile(): Profile {
    return this.#profile;
  }

  /** The server has accepted the user. The contacts of the form now belong to the name; before, they could be those of a link. */
  accept(): void {
    if (this.#isAccepted) return;
    this.#isAccepted = true;
    this.#profile = { ...this.#profile, contacts: '' };
    keepProfile(STORE, this.#profile);
    this.keepBook();
  }

  /** Stores the contacts and the blocked peers after a change. */
  keepBook(): void {
    keepBook(STORE, this.#profile.name, this.messenger.book);
  }

  /** Ends all conversations and the connection to the server, and leaves the name to another tab. */
  leave(): void {
    this.messenger.leave();
    this.#lock.release();
  }
}

/** The contacts of the name with those of the form. @throws Error with a sentence for the user, if one cannot be added. */
async function bookOf({ name, contacts }: Profile): Promise<AddressBook> {
  const book = keptBook(STORE, name);
  mergeContacts(book, await Promise.all(splitContacts(contacts).map(checkedContact)));
  return book;
}

/** @throws Error with a sentence for the user, if the word is not a contact. */
async function checkedContact(word: string): Promise<Contact> {
  const contact = await readContact(word, IDENTITIES);
  if (!contact) throw new Error(`“${word}” is not a contact. ${CONTACT_FORM}`);
  return contact;
}
