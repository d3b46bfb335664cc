import { createInterface, type Interface } from 'node:readline';
import { cleanLines } from './clean-text.js';
import type { LineListener, Screen, Streams } from './screen.js';

/** Lines in and lines out, with nothing in them but text: for pipes, files, and terminals that can do no more. */
export class PlainScreen implements Screen {
  readonly interactive: boolean;
  readonly keepsView = false;
  readonly #input: Streams['input'];
  readonly #output: Streams['output'];
  #lines: Interface | undefined;

  constructor({ input, output }: Streams) {
    this.interactive = input.isTTY === true && output.isTTY === true;
    this.#input = input;
    this.#output = output;
  }

  tell(text: string): void {
    this.#print(`* ${text}`);
  }

  hear(name: string, text: string): void {
    for (const line of cleanLines(text)) this.#print(`${name}: ${line}`);
  }

  /** Whoever wrote it has it before them already. */
  echo(): void {
    return;
  }

  /** Lines that were printed do not change; what is new is told. */
  show(): void {
    return;
  }

  listen(listener: LineListener): void {
    this.#lines = createInterface({ input: this.#input });
    if (this.interactive) hearPerson(this.#lines, listener);
    else void obeyScript(this.#lines, listener);
  }

  close(): Promise<void> {
    this.#lines?.close();
    return Promise.resolve();
  }

  #print(line: string): void {
    this.#output.write(`${line}\n`);
  }
}

/** A person may say something else while the last is being done. */
function hearPerson(lines: Interface, listener: LineListener): void {
  lines.on('line', (line) => void listener.onLine(line));
  lines.once('close', () => listener.onEnd());
}

/** The next line of a script is read when the last was dealt with. */
async function obeyScript(lines: Interface, listener: LineListener): Promise<void> {
  for await (const line of lines) await listener.onLine(line);
  listener.onEnd();
}
