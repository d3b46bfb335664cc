/** Those who want to be told of one kind of event, in the order in which they asked. */
export class Listeners<Event extends unknown[]> {
  readonly #listeners: ((...event: Event) => void)[] = [];

  add(listener: (...event: Event) => void): void {
    this.#listeners.push(listener);
  }

  notify(...event: Event): void {
    for (const listener of this.#listeners) listener(...event);
  }
}
