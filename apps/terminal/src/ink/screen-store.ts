import type { Tone } from '../screen.js';
import type { View } from '../view.js';
import { PROMPT, type TypedLine } from './line-editor.js';

/** One thing that was told or said: it is drawn once, and scrolls away with the rest of the terminal. */
export type LogEntry =
  | { readonly kind: 'note'; readonly text: string; readonly tone: Tone }
  | { readonly kind: 'text'; readonly name: string; readonly own: boolean; readonly lines: readonly string[] };

/** Entries of one generation: those of the last were all drawn, and are forgotten. */
export interface Log {
  readonly generation: number;
  readonly entries: readonly LogEntry[];
}

/** All there is on the screen. */
export interface ScreenState {
  readonly log: Log;
  /** Nothing is known before the chat begins; nothing but the log is left when it is over. */
  readonly view: View | undefined;
  readonly typed: TypedLine;
}

/** Entries that were drawn are kept until there are this many of them. */
const GENERATION_LENGTH = 200;

/** What the screen shows, and who is told when that changes: made for React's `useSyncExternalStore`. */
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

  /** Puts something below all that was told before. */
  append(entry: LogEntry): void {
    const { generation, entries } = this.#state.log;
    const isFull = entries.length >= GENERATION_LENGTH && this.#drawn === entries.length;
    if (isFull) this.#drawn = 0;
    const log = isFull
      ? { generation: generation + 1, entries: [entry] }
      : { generation, entries: [...entries, entry] };
    this.#enter({ ...this.#state, log });
  }

  /** So much of a generation is on the screen. */
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
