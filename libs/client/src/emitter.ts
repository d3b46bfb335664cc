/** Events of one name kept for the first listener. Later events are dropped. */
const MAX_KEPT = 300;

/** Receives events of one name. The result is ignored, so the function may be `async`. */
export type Listener<T> = (event: T) => unknown;

/** Options of a listener. */
export interface ListenerOptions {
  /** Removes the listener when it is aborted. */
  readonly signal?: ListenerSignal;
}

/** The part of `AbortSignal` that the SDK uses. */
export interface ListenerSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options: { readonly once: true }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** A typed event emitter: `Events` maps each event name to the value that its listeners receive. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();
  readonly #kept: Map<keyof Events, unknown[]>;

  /** @param keep names whose events are kept for the first listener (at most 300 of each name). */
  constructor(keep: readonly (keyof Events)[] = []) {
    this.#kept = new Map(keep.map((name) => [name, []]));
  }

  /** Calls `listener` for every event of that name. Returns a function that removes the listener. */
  on<E extends keyof Events>(name: E, listener: Listener<Events[E]>, { signal }: ListenerOptions = {}): () => void {
    const remove = () => {
      this.off(name, listener);
      signal?.removeEventListener('abort', remove);
    };
    if (signal?.aborted) return remove;
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    signal?.addEventListener('abort', remove, { once: true });
    this.#deliverKept(name);
    return remove;
  }

  /** Removes a listener. */
  off<E extends keyof Events>(name: E, listener: Listener<Events[E]>): void {
    this.#listeners.get(name)?.delete(listener);
  }

  /** Resolves with the next event of that name. Rejects only if `signal` is aborted, with its reason. */
  once<E extends keyof Events>(name: E, { signal }: ListenerOptions = {}): Promise<Events[E]> {
    return new Promise((resolve, reject) => {
      const end = () => {
        this.off(name, listener);
        signal?.removeEventListener('abort', abort);
      };
      const abort = () => {
        end();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is chosen by the application
        reject(signal?.reason);
      };
      const listener: Listener<Events[E]> = (event) => {
        end();
        resolve(event);
      };
      if (signal?.aborted) {
        abort();
        return;
      }
      signal?.addEventListener('abort', abort, { once: true });
      this.on(name, listener);
    });
  }

  /** How many events of that name wait for the first listener. */
  protected keptOf(name: keyof Events): number {
    return this.#kept.get(name)?.length ?? 0;
  }

  /**
   * Calls all listeners in the order of their registration. If a listener throws, the others are still called and the
   * runtime reports the error. Returns `false` if the event was dropped, because too many wait for the first listener.
   */
  protected emit<E extends keyof Events>(name: E, event: Events[E]): boolean {
    const kept = this.#kept.get(name);
    const listeners = this.#listeners.get(name);
    if (!listeners?.size && kept) {
      return kept.length < MAX_KEPT && kept.push(event) > 0;
    }
    // Safe cast: `on` adds a listener only under the name of its events.
    for (const listener of [...(listeners ?? [])]) deliver(listener as Listener<Events[E]>, event);
    return true;
  }

  /** A listener that wants one event leaves the others for the next. */
  #deliverKept(name: keyof Events): void {
    const listeners = this.#listeners.get(name);
    const kept = this.#kept.get(name) ?? [];
    for (let event = kept.shift(); event !== undefined; event = kept.shift()) {
      this.emit(name, event as Events[keyof Events]);
      if (!listeners?.size) return;
    }
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
