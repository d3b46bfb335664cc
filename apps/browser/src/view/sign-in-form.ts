import { writeContact, type Contact } from '@white-rabbit/client/chat';
import { splitContacts } from '../contact.js';
import { EMPTY, takesServer, type Profile } from '../profile.js';
import { element, showText } from './element.js';

/** The sign-in form. */
export class SignInForm {
  readonly #page = element('#sign-in', HTMLElement);
  readonly #form = element('#sign-in-form', HTMLFormElement);
  readonly #error = element('#sign-in-error', HTMLElement);
  readonly #submit = element('button[type=submit]', HTMLButtonElement, this.#form);
  readonly #takeOver = element('#use-here', HTMLButtonElement);

  /** @param onProfile receives the values of the form, and whether another tab with that name must leave. */
  constructor(onProfile: (profile: Profile, takesOver: boolean) => void) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#submit.ariaDisabled !== 'true') onProfile(this.profile, false);
    });
    this.#takeOver.addEventListener('click', () => onProfile(this.profile, true));
  }

  /** Shows the form with these values. */
  open(profile: Profile): void {
    for (const [name, value] of Object.entries(profile)) {
      const field = this.#field(name);
      if (typeof value === 'boolean') field.checked = value;
      else field.value = value as string;
    }
    this.#page.hidden = false;
    this.#focus(profile);
  }

  close(): void {
    this.#page.hidden = true;
    this.showWaiting(false);
    this.showError(undefined);
  }

  /** Shows whether the client is connecting. */
  showWaiting(waits: boolean): void {
    this.#submit.textContent = waits ? 'Connecting …' : 'Connect';
    // A button that is disabled would lose the focus.
    this.#submit.ariaDisabled = String(waits);
  }

  /** Shows an error; `undefined` clears it. */
  showError(sentence: string | undefined): void {
    this.showWaiting(false);
    showText(this.#error, sentence);
    this.#takeOver.hidden = true;
  }

  /** Shows that another tab uses the name, with a button to use it in this tab. */
  offerTakeover(sentence: string): void {
    this.showError(sentence);
    this.#takeOver.hidden = false;
  }

  /** The values of the form. */
  get profile(): Profile {
    const text = (name: keyof Profile): string => this.#field(name).value.trim();
    return {
      url: text('url'),
      licenseKey: text('licenseKey'),
      name: text('name'),
      contacts: text('contacts'),
      keepKey: this.#field('keepKey').checked,
    };
  }

  /** Adds a contact to the list, and the address of its server if the user has none. */
  addContact(contact: Contact, server: string): void {
    const { profile } = this;
    this.#field('contacts').value = [...splitContacts(profile.contacts), writeContact(contact)].join(', ');
    if (takesServer(profile)) this.#field('url').value = server;
  }

  #focus(profile: Profile): void {
    const missing = (['url', 'licenseKey', 'name'] as const).find(
      (name) => profile[name] === EMPTY[name] && name !== 'url',
    );
    if (missing) this.#field(missing).focus();
    else this.#submit.focus();
  }

  #field(name: string): HTMLInputElement {
    return element(`[name=${name}]`, HTMLInputElement, this.#form);
  }
}
