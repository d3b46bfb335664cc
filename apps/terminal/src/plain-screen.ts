import { createInterface, type Interface } from 'node:readline';
import { cleanLine, cleanLines } from './clean-text.js';
import type { LineListener, Screen, Streams } from './screen.js';

/** Reads and writes lines of plain text: for pipes, files and dumb terminals. */
export class PlainScreen implements Screen {
  readonly interactive: boolean;
  /** The terminal folds longer lines. */
  readonly columns: number | undefined;
  readonly keepsView = false;
  readonly hasKeys = false;
  readonly #input: Streams['input'];
  readonly #output: Streams['output'];
  #lines: Interface | undefined;
  /** Lines to write at the end of this turn of the event loop: one write for all of them. */
  #pending = '';

  constructor({ input, output }: Streams) {
    this.interactive = input.isTTY === true && output.isTTY === true;
    this.columns = output.isTTY ? output.columns : undefined;
    this.#input = input;
    this.#output = output;
  }

  notify(text: string): void {
    this.#print(`* ${cleanLine(text)}`);
  }

  showReceived(name: string, text: string): void {
    for (const line of cleanLines(text)) this.#print(`${cleanLine(name)}: ${line}`);
  }

  /** The typed line is already visible. */
  showSent(): void {
    return;
  }

  showLines(lines: readonly string[]): void {
    for (const line of lines) this.#print(line);
  }

  /** Printed lines do not change; changes are printed as notices. */
  show(): void {
    return;
  }

  listen(listener: LineListener): void {
    this.#lines = createInterface({ input: this.#input });
    if (this.interactive) readInteractive(this.#lines, listener);
    else void readScript(this.#lines, listener);
  }

  close(): Promise<void> {
    this.#lines?.close();
    this.#flush();
    return Promise.resolve();
  }

  #print(line: string): void {
    if (this.#pending === '') setImmediate(() => this.#flush());
    this.#pending += `${line}\n`;
  }

  #flush(): void {
    if (this.#pending !== '') this.#output.write(this.#pending);
    this.#pending = '';
  }
}

/** A user may type the next line while the previous one is executed. */
function readInteractive(lines: Interface, listener: LineListener): void {
  lines.on('line', (line) => void listener.onLine(line));
  lines.once('close', () => listener.onEnd());
}

/** The next line of a script is read after the previous one was executed. */
async function readScript(lines: Interface, listener: LineListener): Promise<void> {
  for await (const line of lines) await listener.onLine(line);
  listener.onEnd();
}
