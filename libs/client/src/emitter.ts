/** Events of one name kept for the first listener. Later events are dropped. */
const MAX_KEPT = 300;

/** Receives events of one name. The result is ignored, so the function may be `async`. */
export type Listener<T> = (event: T) => unknown;

/** A typed event emitter: `Events` maps each event name to the value that its listeners receive. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();
  readonly #kept: Map<keyof Events, unknown[]>;

  /** @param keep names whose events are kept for the first listener (at most 300 of each name). */
  constructor(keep: readonly (keyof Events)[] = []) {
    this.#kept = new Map(keep.map((name) => [name, []]));
  }

  /** Calls `listener` for every event of that name. Returns a function that removes the listener. */
  on<E extends keyof Events>(name: E, listener: Listener<Events[E]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    this.#deliverKept(name, listener);
    return () => {
      listeners.delete(listener);
    };
  }

  /** Calls all listeners in the order of their registration. If a listener throws, the others are still called and the runtime reports the error. */
  protected emit<E extends keyof Events>(name: E, event: Events[E]): void {
    const kept = this.#kept.get(name);
    const listeners = this.#listeners.get(name);
    if (!listeners?.size && kept) {
      if (kept.length < MAX_KEPT) kept.push(event);
      return;
    }
    // Safe cast: `on` adds a listener only under the name of its events.
    for (const listener of [...(listeners ?? [])]) deliver(listener as Listener<Events[E]>, event);
  }

  #deliverKept<E extends keyof Events>(name: E, listener: Listener<Events[E]>): void {
    for (const event of this.#kept.get(name)?.splice(0) ?? []) deliver(listener, event as Events[E]);
  }
}

function deliver<T>(listener: Listener<T>, event: T): void {
  try {
    listener(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
