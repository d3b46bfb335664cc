import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { UsageFailure } from './command-failure.js';

/** Where a command writes: results to `out`, all that is only for the person watching to `err`. */
export interface Streams {
  readonly out: Writable & { readonly isTTY?: boolean; readonly rows?: number; readonly columns?: number };
  readonly err: Writable & { readonly isTTY?: boolean };
  /** Standard input, for a command that is told to read it. */
  readonly input?: Readable;
  /** What the person types, where somebody does. */
  readonly keys?: Readable & { setRawMode?(isRaw: boolean): unknown };
}

/** Outputs of which every part has to reach its reader. */
const needed = new WeakSet<Writable>();

/** Whether a reader that goes away is a failure of the command, which tells of it itself. */
export function isReaderNeeded(out: Writable): boolean {
  return needed.has(out);
}

/** A person or a program in front of the command. */
export class Terminal {
  readonly #streams: Streams;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  /** The stream for a progress bar; `undefined` when nobody would see it move. */
  get progressStream(): Writable | undefined {
    return this.#streams.err.isTTY === true ? this.#streams.err : undefined;
  }

  /** The streams, where a person watches what comes out; `undefined` where it goes to a file or a program. */
  get watched(): Streams | undefined {
    const { isTTY, rows } = this.#streams.out;
    // Some that pose as a terminal have no height (a container's, at first): nothing would be seen there.
    return isTTY === true && rows !== 0 ? this.#streams : undefined;
  }

  /** Characters in a line; `undefined` where it is no terminal, or one that does not say. */
  get width(): number | undefined {
    const { isTTY, columns } = this.#streams.out;
    return isTTY === true && columns !== 0 ? columns : undefined;
  }

  /** A part of the result. Waits for a slow reader. */
  async print(text: string): Promise<void> {
    const { out } = this.#streams;
    if (out.writableEnded || out.destroyed || out.write(text)) return;
    const either = new AbortController();
    const { signal } = either;
    try {
      await Promise.race([once(out, 'drain', { signal }), once(out, 'close', { signal })]);
    } finally {
      // Who listens for the other would do so until the end.
      either.abort();
    }
  }

  /**
   * A part of the result that must not be lost. Resolves once the system has taken all of it.
   *
   * @throws Error of the system where it does not, as when the reader has gone away.
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

  /** Standard input. @throws UsageFailure where there is none to read. */
  get input(): Readable {
    const { input } = this.#streams;
    if (input === undefined) throw new UsageFailure('There is no standard input to read.');
    return input;
  }

  /** A line for the person. */
  say(line: string): void {
    this.#streams.err.write(`${line}\n`);
  }
}
