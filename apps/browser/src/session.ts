import { AddressBook, type Contact } from '@white-rabbit/client/chat';
import { keepBlocked, keptBlocked } from './blocked-peers.js';
import { CONTACT_FORM, readContact, splitContacts } from './contact.js';
import { IDENTITIES } from './identities.js';
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

  private constructor(profile: Profile, messenger: Messenger, lock: ProfileLock) {
    this.#profile = profile;
    this.messenger = messenger;
    this.#lock = lock;
  }

  /** Connects to the server with the values of the form, and stores them. @param takesOver whether another tab must leave. */
  static async open(profile: Profile, takesOver: boolean, handlers: SessionHandlers): Promise<SessionResult> {
    const fault = isSecureContext ? faultOf(profile) : NEEDS_TLS;
    if (fault !== undefined) return { ok: false, reason: 'invalid', sentence: fault };
    const lock = await ProfileLock[takesOver ? 'takeOver' : 'take'](profile.name, handlers.onTakenOver);
    if (!lock) return { ok: false, reason: 'elsewhere' };
    try {
      const contacts = await Promise.all(splitContacts(profile.contacts).map(checkedContact));
      const identity = await IDENTITIES.open(profile.name);
      // A third tab may have taken the name over meanwhile.
      if (lock.isLost) {
        lock.release();
        return { ok: false, reason: 'elsewhere' };
      }
      const book = new AddressBook(contacts, keptBlocked(localStorage, profile.name));
      const messenger = new Messenger(profile, identity, book, handlers);
      keepProfile(localStorage, profile);
      return { ok: true, session: new Session(profile, messenger, lock) };
    } catch (cause) {
      lock.release();
      return { ok: false, reason: 'invalid', sentence: cause instanceof Error ? cause.message : String(cause) };
    }
  }

  get profile(): Profile {
    return this.#profile;
  }

  /** Stores the contacts and the blocked peers after a change. */
  keepBook(): void {
    const { book } = this.messenger;
    this.#profile = { ...this.#profile, contacts: book.toString() };
    keepProfile(localStorage, this.#profile);
    keepBlocked(localStorage, this.#profile.name, book.blocked);
  }

  /** Ends all conversations and the connection to the server, and leaves the name to another tab. */
  leave(): void {
    this.messenger.leave();
    this.#lock.release();
  }
}

/** @throws Error with a sentence for the user, if the word is not a contact. */
async function checkedContact(word: string): Promise<Contact> {
  const contact = await readContact(word, IDENTITIES);
  if (!contact) throw new Error(`“${word}” is not a contact. ${CONTACT_FORM}`);
  return contact;
}
