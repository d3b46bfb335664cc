import { createInterface, type Interface } from 'node:readline';
import { PassThrough, Writable, type Readable } from 'node:stream';

/** What stands before the line that is typed. */
export const PROMPT = '> ';

/** Lines that can be brought back. */
const HISTORY_LENGTH = 100;

/** What is being typed, and where its next character goes. Both in columns and rows from the prompt's first. */
export interface TypedLine {
  readonly text: string;
  readonly row: number;
  readonly column: number;
}

/** What an editor tells. */
export interface LineEditorHandlers {
  readonly onEdit: (typed: TypedLine) => void;
  readonly onLine: (line: string) => void;
  /** Ctrl-C, as often as it is pressed; Ctrl-D on an empty line, or the end of the input. */
  readonly onEnd: () => void;
  /** A chunk of input while the line is empty: answered with `true` it was a key for somebody else. */
  readonly takesKey: (key: string) => boolean;
  /** What the line may become. */
  readonly complete: (line: string) => readonly string[];
}

/** Keys of a terminal, as much of it as is used here. */
export type KeySource = Readable & { setRawMode?(isRaw: boolean): unknown };

/** Node's own line editing (history, Emacs keys, completion) with nothing drawn: what it holds is for a screen to show. */
export class LineEditor {
  readonly #source: KeySource;
  readonly #keys = new PassThrough();
  readonly #lines: Interface;
  readonly #view: Writable & { columns: number };
  readonly #handlers: LineEditorHandlers;
  #isTold = false;

  /** @param columns in which the line is going to be folded. */
  constructor(source: KeySource, columns: number, handlers: LineEditorHandlers) {
    this.#source = source;
    this.#handlers = handlers;
    // Whatever readline would have drawn is a change.
    const view = new Writable({
      write: (_chunk, _encoding, done) => {
        this.#tellSoon();
        done();
      },
    });
    this.#view = Object.assign(view, { columns });
    this.#lines = this.#edit();
    source.setRawMode?.(true);
    source.on('data', this.#onKeys);
    source.once('end', handlers.onEnd);
  }

  /** The width in which the line is folded changed. */
  fold(columns: number): void {
    this.#view.columns = columns;
    this.#tellSoon();
  }

  /** The terminal is as it was before. */
  close(): void {
    this.#source.off('data', this.#onKeys).off('end', this.#handlers.onEnd).pause();
    this.#source.setRawMode?.(false);
    this.#lines.close();
  }

  #edit(): Interface {
    const { onLine, onEnd, complete } = this.#handlers;
    return (
      createInterface({
        input: this.#keys,
        output: this.#view,
        terminal: true,
        prompt: PROMPT,
        historySize: HISTORY_LENGTH,
        removeHistoryDuplicates: true,
        completer: (line: string) => [complete(line), line],
      })
        .on('line', (line) => {
          onLine(line);
          this.#tellSoon();
        })
        .on('SIGINT', onEnd)
        // It would stop this process, but not the `npm` around it.
        .on('SIGTSTP', () => undefined)
        .once('close', onEnd)
    );
  }

  readonly #onKeys = (chunk: Buffer | string): void => {
    const isForOthers = this.#lines.line === '' && this.#handlers.takesKey(chunk.toString());
    if (!isForOthers) this.#keys.write(chunk);
  };

  /** Once for all that one chunk of input changes. */
  #tellSoon(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    setImmediate(() => {
      this.#isTold = false;
      const { rows, cols } = this.#lines.getCursorPos();
      this.#handlers.onEdit({ text: this.#lines.line, row: rows, column: cols });
    });
  }
}
