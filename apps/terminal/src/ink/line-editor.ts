import { createInterface, type Interface } from 'node:readline';
import { PassThrough, Writable, type Readable } from 'node:stream';
import { LONGEST_TEXT } from '@white-rabbit/client/chat';
import { cleanLine } from '../clean-text.js';
import { lineOfText } from '../command.js';
import { PasteReader } from './bracketed-paste.js';

/** The text before the typed line. */
export const PROMPT = '> ';

/** Lines kept in the history. */
const HISTORY_LENGTH = 100;

/** A longer paste is cut. What remains is too long for a text, so the user reads that it was not sent. Characters. */
const LONGEST_PASTE = 2 * LONGEST_TEXT;

/** Stands for a line break of a pasted text while it is in the line. */
const BREAK = '⏎';

const CTRL_C = '\u0003';

/** The typed text and the position of the cursor, as row and column from the start of the prompt. */
export interface TypedLine {
  readonly text: string;
  readonly row: number;
  readonly column: number;
}

/** Callbacks of a line editor. */
export interface LineEditorHandlers {
  readonly onEdit: (typed: TypedLine) => void;
  /** A line was typed. It may contain line breaks that were pasted. `hasPaste`: a part of it was pasted. */
  readonly onLine: (line: string, hasPaste: boolean) => void;
  /** Called for every Ctrl-C, for Ctrl-D on an empty line, and at the end of the input. */
  readonly onEnd: () => void;
  /** Receives a chunk of keys while the line is empty. Returns `true` if it consumed the key. */
  readonly takesKey: (key: string) => boolean;
  /** Returns the completions of a line. */
  readonly complete: (line: string) => readonly string[];
}

/** The part of a terminal's input that an editor uses. */
export type KeySource = Readable & { setRawMode?(isRaw: boolean): unknown };

/** Node's line editing (history, Emacs keys, completion) without output: a screen shows the line. */
export class LineEditor {
  readonly #source: KeySource;
  readonly #keys = new PassThrough();
  readonly #lines: Interface;
  readonly #view: Writable & { columns: number };
  readonly #handlers: LineEditorHandlers;
  readonly #pastes: PasteReader;
  #hasPaste = false;
  /** Ctrl-D has ended the editing; Ctrl-C is still read. */
  #hasEnded = false;
  #isScheduled = false;

  /** @param columns the width at which the line is folded. */
  constructor(source: KeySource, columns: number, handlers: LineEditorHandlers) {
    this.#source = source;
    this.#handlers = handlers;
    // Every output of readline is a change of the line.
    const view = new Writable({
      write: (_chunk, _encoding, done) => {
        this.#notifySoon();
        done();
      },
    });
    this.#view = Object.assign(view, { columns });
    this.#lines = this.#edit();
    this.#pastes = new PasteReader({ onKeys: (keys) => this.#press(keys), onPaste: (text) => this.#paste(text) });
    source.setRawMode?.(true);
    source.on('data', this.#onInput);
    source.once('end', handlers.onEnd);
  }

  /** Changes the width at which the line is folded. */
  fold(columns: number): void {
    this.#view.columns = columns;
    this.#notifySoon();
  }

  /** Stops editing and restores the terminal. */
  close(): void {
    this.#source.off('data', this.#onInput).off('end', this.#handlers.onEnd).pause();
    this.#source.setRawMode?.(false);
    this.#pastes.close();
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
          const hasPaste = this.#hasPaste;
          this.#hasPaste = false;
          onLine(line.replaceAll(BREAK, '\n'), hasPaste);
          this.#notifySoon();
        })
        .on('SIGINT', onEnd)
        // Ignored: SIGTSTP would stop this process, but not the `npm` process that started it.
        .on('SIGTSTP', () => undefined)
        .once('close', () => {
          this.#hasEnded = true;
          onEnd();
        })
    );
  }

  readonly #onInput = (chunk: Buffer | string): void => this.#pastes.read(Buffer.from(chunk));

  #press(keys: Buffer): void {
    if (this.#hasEnded) {
      if (keys.includes(CTRL_C)) this.#handlers.onEnd();
      return;
    }
    const isEmpty = this.#lines.line === '';
    if (isEmpty) this.#hasPaste = false;
    const isConsumed = isEmpty && this.#handlers.takesKey(keys.toString());
    if (!isConsumed) this.#keys.write(keys);
  }

  /** Inserts a pasted text at the cursor. It never ends the line, and at the beginning of a line it is not a command. */
  #paste(text: string): void {
    if (this.#hasEnded) return;
    const lines = text
      .slice(0, LONGEST_PASTE)
      .trimEnd()
      .split(/\r\n|\n|\r/);
    const pasted = lines.map(cleanLine).join(BREAK);
    if (pasted === '') return;
    this.#hasPaste = true;
    this.#lines.write(this.#lines.cursor === 0 ? lineOfText(pasted) : pasted);
    this.#notifySoon();
  }

  /** Notifies once for all changes by one chunk of input. */
  #notifySoon(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      const { rows, cols } = this.#lines.getCursorPos();
      this.#handlers.onEdit({ text: this.#lines.line, row: rows, column: cols });
    });
  }
}
