import type { Tone } from '../screen.js';
import type { View } from '../view.js';
import { PROMPT, type TypedLine } from './line-editor.js';

/** An entry of the log. It is drawn once and scrolls with the terminal. */
export type LogEntry =
  | { readonly kind: 'notice'; readonly text: string; readonly tone: Tone }
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  | { readonly kind: 'text'; readonly name: string; readonly own: boolean; readonly lines: readonly string[] };

/** The entries of one generation. Those of earlier generations were drawn and are dropped. */
export interface Log {
  readonly generation: number;
  readonly entries: readonly LogEntry[];
}

/** The content of the screen. */
export interface ScreenState {
  readonly log: Log;
  /** `undefined` before the chat begins and after it ended. */
  readonly view: View | undefined;
  readonly typed: TypedLine;
}

/** Drawn entries are kept until there are this many. */
const GENERATION_LENGTH = 200;

/** The content of the screen and its listeners, for React's `useSyncExternalStore`. */
export class ScreenStore {
  readonly #listeners = new Set<() => void>();
  #drawn = 0;
  #state: ScreenState = {
    log: { generation: 0, entries: [] },
    view: undefined,
    typed: { text: '', row: 0, column: PROMPT.length },
  };

  readonly snapshot = (): ScreenState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Adds an entry at the end of the log. */
  append(entry: LogEntry): void {
    const { generation, entries } = this.#state.log;
    const isFull = entries.length >= GENERATION_LENGTH && this.#drawn === entries.length;
    if (isFull) this.#drawn = 0;
    const log = isFull
      ? { generation: generation + 1, entries: [entry] }
      : { generation, entries: [...entries, entry] };
    this.#enter({ ...this.#state, log });
  }

  /** These entries of a generation were drawn. */
  drawn({ generation, entries }: Log): void {
    if (generation === this.#state.log.generation) this.#drawn = entries.length;
  }

  show(view: View | undefined): void {
    this.#enter({ ...this.#state, view });
  }

  type(typed: TypedLine): void {
    this.#enter({ ...this.#state, typed });
  }

  #enter(state: ScreenState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
