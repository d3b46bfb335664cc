import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { UsageFailure } from './command-failure.js';
import { linesOf } from './input-lines.js';

/** Streams of a command: results go to `out`, messages to `err`. */
export interface Streams {
  readonly out: Writable & { readonly isTTY?: boolean; readonly rows?: number; readonly columns?: number };
  readonly err: Writable & { readonly isTTY?: boolean };
  /** Standard input, for `-` in place of a file or an argument, and for answers. */
  readonly input?: Readable;
  /** Keyboard input, if standard input is a terminal. */
  readonly keys?: Readable & { setRawMode?(isRaw: boolean): unknown };
}

/** Outputs whose reader must receive every part. */
const needed = new WeakSet<Writable>();

/** Whether the command fails if the reader of this output ends early. The command reports it itself. */
export function isReaderNeeded(out: Writable): boolean {
  return needed.has(out);
}

/** Output and input of a command. */
export class Terminal {
  readonly #streams: Streams;
  /** The rest of standard input, if it is read line by line. */
  #lines: AsyncGenerator<string, undefined> | undefined;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  /** The stream for a progress bar; `undefined` if it is not a terminal. */
  get progressStream(): Writable | undefined {
    return this.#streams.err.isTTY === true ? this.#streams.err : undefined;
  }

  /** The streams, if the output is a terminal; `undefined` if it is a file or a pipe. */
  get watched(): Streams | undefined {
    const { isTTY, rows } = this.#streams.out;
    // The terminal of a container can have no rows at first: a view would show nothing.
    return isTTY === true && rows !== 0 ? this.#streams : undefined;
  }

  /** Characters in a line; `undefined` if the output is not a terminal or has no known width. */
  get width(): number | undefined {
    const { isTTY, columns } = this.#streams.out;
    return isTTY === true && columns !== 0 ? columns : undefined;
  }

  /** Writes a part of the result. Waits for a slow reader. */
  async print(text: string): Promise<void> {
    const { out } = this.#streams;
    if (out.writableEnded || out.destroyed || out.write(text)) return;
    const either = new AbortController();
    const { signal } = either;
    try {
      await Promise.race([once(out, 'drain', { signal }), once(out, 'close', { signal })]);
    } finally {
      // Removes the listener that was not called.
      either.abort();
    }
  }

  /**
   * Writes a part of the result that must not be lost. Resolves when the system has accepted all of it.
   *
   * @throws Error of the system if it does not accept it, for example if the reader has ended.
   */
  async hand(text: string): Promise<void> {
    const { out } = this.#streams;
    needed.add(out);
    await new Promise<void>((resolve, reject) => {
      out.write(text, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** Standard input. @throws UsageFailure if there is none. */
  get input(): Readable {
    const { input } = this.#streams;
    if (input === undefined) throw new UsageFailure('There is no standard input to read.');
    return input;
  }

  /** Whether an operator can answer questions. */
  get isInteractive(): boolean {
    return this.#streams.keys !== undefined;
  }

  /**
   * The next line of standard input. An operator at a terminal sees the question.
   *
   * @throws UsageFailure if the input has ended.
   */
  async ask(question: string): Promise<string> {
    if (this.isInteractive) this.#streams.err.write(question);
    this.#lines ??= linesOf(this.input);
    const { value } = await this.#lines.next();
    if (value === undefined) throw new UsageFailure('Standard input has ended: it has one line for each - argument.');
    return value;
  }

  /** Ends the reading of standard input, which would keep the process running. */
  close(): void {
    if (this.#lines !== undefined) this.input.destroy();
  }

  /** Writes a message line to standard error. */
  say(line: string): void {
    this.#streams.err.write(`${line}\n`);
  }
}
