/** The listeners for one kind of event, in the order of their registration. */
export class Listeners<Event extends unknown[]> {
  readonly #listeners: ((...event: Event) => void)[] = [];

  add(listener: (...event: Event) => void): void {
    this.#listeners.push(listener);
  }

  notify(...event: Event): void {
    for (const listener of this.#listeners) listener(...event);
  }
}
