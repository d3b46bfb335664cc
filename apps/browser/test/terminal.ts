import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { eventually, REPOSITORY_ROOT } from '@white-rabbit/testing';

const PROGRAM = join(REPOSITORY_ROOT, 'apps/terminal/dist/main.js');
const PATIENCE = { deadlineMs: 30_000 };

/** A process of the terminal client with piped input and output. It ends with its input. */
export class Terminal {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #exited: Promise<unknown>;
  #text = '';
  #read = 0;

  constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, [PROGRAM, ...args]);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.#text += stripVTControlCharacters(text)));
    }
    this.#exited = new Promise((resolve) => this.#child.once('close', resolve));
  }

  /** Its own peer id, which it prints first. */
  async peerId(): Promise<string> {
    const [, peerId = ''] = await this.shows(/You are \S+: (\S+)/);
    return peerId;
  }

  type(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Resolves when this is shown after the previous match. @throws Error with the whole output, after the deadline. */
  async shows(sentence: RegExp): Promise<RegExpExecArray> {
    return eventually(
      String(sentence),
      () => {
        const match = sentence.exec(this.#text.slice(this.#read));
        if (!match) throw new Error(`The output is:\n${this.#text}`);
        this.#read += match.index + match[0].length;
        return match;
      },
      PATIENCE,
    );
  }

  async stop(): Promise<void> {
    this.#child.stdin.end();
    const hurry = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await this.#exited;
    clearTimeout(hurry);
  }
}
