import { element, showText } from './element.js';

/** Where a contact is put in. */
export class AddContactForm {
  readonly #form = element('#add-contact-form', HTMLFormElement);
  readonly #field = element('#new-contact', HTMLInputElement);
  readonly #error = element('#add-contact-error', HTMLElement);

  /** @param onContact given what was typed; resolves with what is wrong with it, as a sentence. */
  constructor(onContact: (text: string) => Promise<string | undefined>) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit(onContact);
    });
  }

  async #submit(onContact: (text: string) => Promise<string | undefined>): Promise<void> {
    const text = this.#field.value.trim();
    const fault = text === '' ? undefined : await onContact(text);
    showText(this.#error, fault);
    this.#field.setAttribute('aria-invalid', String(fault !== undefined));
    if (fault === undefined) this.#field.value = '';
  }
}
