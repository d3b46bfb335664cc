/** Most events of one name kept for a listener that is yet to come; later ones are dropped. */
const KEPT = 300;

/** Takes one kind of event. It may be `async`: nobody waits for it. */
export type Listener<T> = (event: T) => unknown;

/** Typed events: `Events` maps each name to what its listeners are given. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();
  readonly #kept: Map<keyof Events, unknown[]>;

  /** Events of the names in `keep` wait for their first listener (300 of each at most); others pass unheard. */
  constructor(keep: readonly (keyof Events)[] = []) {
    this.#kept = new Map(keep.map((name) => [name, []]));
  }

  /** Calls `listener` for every event of that name from now on. Returns the function that ends this. */
  on<E extends keyof Events>(name: E, listener: Listener<Events[E]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    this.#deliverKept(name, listener);
    return () => {
      listeners.delete(listener);
    };
  }

  /** Tells all listeners, in the order they came. One that throws stops nobody else: its error goes to the runtime. */
  protected emit<E extends keyof Events>(name: E, event: Events[E]): void {
    const kept = this.#kept.get(name);
    const listeners = this.#listeners.get(name);
    if (!listeners?.size && kept) {
      if (kept.length < KEPT) kept.push(event);
      return;
    }
    // What is in the set under a name takes that name's events: `on` saw to it.
    for (const listener of [...(listeners ?? [])]) tell(listener as Listener<Events[E]>, event);
  }

  #deliverKept<E extends keyof Events>(name: E, listener: Listener<Events[E]>): void {
    for (const event of this.#kept.get(name)?.splice(0) ?? []) tell(listener, event as Events[E]);
  }
}

function tell<T>(listener: Listener<T>, event: T): void {
  try {
    listener(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
