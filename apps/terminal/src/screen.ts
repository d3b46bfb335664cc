import { clearScreenDown, createInterface, cursorTo, moveCursor } from 'node:readline';
import type { Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';
import { cleanLines } from './clean-text.js';

/** Where the person, or the program, in front of it is. */
export interface Streams {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
}

/** Colours a line may have. */
export type Tone = 'good' | 'bad' | 'quiet' | 'ring';

const STYLES = { good: 'green', bad: 'red', quiet: 'gray', ring: 'yellow' } as const;

/** A terminal with a line to type in below the talk; or, where it is none, lines in and lines out. */
export class Screen {
  /** A person sits in front of it. */
  readonly interactive: boolean;
  readonly #output: Streams['output'];
  readonly #lines: Interface;
  #closed = false;

  constructor({ input, output }: Streams) {
    this.interactive = input.isTTY === true && output.isTTY === true;
    this.#output = output;
    this.#lines = createInterface({ input, output: this.interactive ? output : undefined, historySize: 100 });
  }

  /** Calls `onLine` with every line typed, and `onEnd` when no more will come (end of input, Ctrl-C, Ctrl-D). */
  listen(onLine: (line: string) => void, onEnd: () => void): void {
    this.#lines.on('line', (line) => {
      onLine(line);
      this.#redraw();
    });
    this.#lines.once('SIGINT', () => this.#lines.close());
    this.#lines.once('close', () => {
      if (this.#closed) return;
      this.#leave();
      onEnd();
    });
  }

  /** Every line typed, one after the other; the next is read when the last was dealt with. Ends with the input. */
  lines(): AsyncIterable<string> {
    return this.#lines;
  }

  /** Something about the state of things. */
  tell(text: string, tone: Tone = 'quiet'): void {
    this.#print(this.#styled(tone, `* ${text}`));
  }

  /** Something that the other one wrote. */
  hear(name: string, text: string): void {
    for (const line of cleanLines(text)) this.#print(`${this.#styled('good', `${name}:`)} ${line}`);
  }

  /** What stands before the line to type in. Only a person sees it. */
  prompt(text: string): void {
    this.#lines.setPrompt(`${text}> `);
    this.#redraw();
  }

  /** No more of it. */
  close(): void {
    if (this.#closed) return;
    this.#leave();
    this.#lines.close();
  }

  /** What is still told goes below the line that was being typed. */
  #leave(): void {
    this.#closed = true;
    if (this.interactive) this.#output.write('\n');
  }

  #print(line: string): void {
    if (!this.interactive || this.#closed) {
      this.#output.write(`${line}\n`);
      return;
    }
    this.#erase();
    this.#output.write(`${line}\n`);
    this.#redraw();
  }

  /** Takes away what is being typed, however many rows it has; it is drawn again below. */
  #erase(): void {
    moveCursor(this.#output, 0, -this.#lines.getCursorPos().rows);
    cursorTo(this.#output, 0);
    clearScreenDown(this.#output);
  }

  #redraw(): void {
    if (this.interactive && !this.#closed) this.#lines.prompt(true);
  }

  #styled(tone: Tone, text: string): string {
    // Not asked of a stream: `styleText` would take standard output for any other.
    return this.#output.isTTY === true && process.env['NO_COLOR'] === undefined
      ? styleText(STYLES[tone], text, { validateStream: false })
      : text;
  }
}
