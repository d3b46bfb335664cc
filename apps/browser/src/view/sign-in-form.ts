import { EMPTY, type Profile } from '../profile.js';
import { element, showText } from './element.js';

/** The sign-in form. */
export class SignInForm {
  readonly #page = element('#sign-in', HTMLElement);
  readonly #form = element('#sign-in-form', HTMLFormElement);
  readonly #error = element('#sign-in-error', HTMLElement);
  readonly #submit = element('button[type=submit]', HTMLButtonElement, this.#form);

  /** @param onProfile receives the values of the form. */
  constructor(onProfile: (profile: Profile) => void) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      onProfile(this.#read());
    });
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
    this.#submit.disabled = waits;
  }

  /** Shows an error; `undefined` clears it. */
  showError(sentence: string | undefined): void {
    this.showWaiting(false);
    showText(this.#error, sentence);
  }

  #read(): Profile {
    const text = (name: keyof Profile): string => this.#field(name).value.trim();
    return {
      url: text('url'),
      licenseKey: text('licenseKey'),
      name: text('name'),
      contacts: text('contacts'),
      keepKey: this.#field('keepKey').checked,
    };
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
