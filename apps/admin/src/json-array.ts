import type { Terminal } from './terminal.js';

/** Prints one JSON array in parts. The array is complete after `close`. */
export class JsonArray {
  readonly #terminal: Terminal;
  #empty = true;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Adds values, one a line. */
  async add(values: readonly unknown[]): Promise<void> {
    if (values.length === 0) return;
    await this.#terminal.print(
      (this.#empty ? '[\n' : ',\n') + values.map((value) => JSON.stringify(value)).join(',\n'),
    );
    this.#empty = false;
  }

  /** Ends the array. */
  async close(): Promise<void> {
    await this.#terminal.print(this.#empty ? '[]\n' : '\n]\n');
  }
}
