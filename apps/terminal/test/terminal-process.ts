import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { REPOSITORY_ROOT, within } from '@white-rabbit/testing';

const PROGRAM = join(REPOSITORY_ROOT, 'apps/terminal/dist/bundle/white-rabbit.js');
/** Removes the color settings of the test runner. */
const OWN_COLORS = { CI: undefined, FORCE_COLOR: undefined, NO_COLOR: undefined };
/** Runs a program in a pseudo-terminal and types the input of a pipe into it. Part of util-linux. */
const SCRIPT = '/usr/bin/script';

/** Time limit for a sentence to appear. Two real peers connect within it on a busy machine. Milliseconds. */
const PATIENCE_MS = 30_000;

/** The command line with these arguments, for a shell. */
export function commandLine(args: readonly string[]): string {
  return [process.execPath, PROGRAM, ...args].map((word) => `'${word}'`).join(' ');
}

/** Whether this machine can give a program a pseudo-terminal. */
export const HAS_PSEUDO_TERMINAL = existsSync(SCRIPT);

/** A process of the terminal client, with methods to type and to read its output. */
export class TerminalProcess {
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Set<() => void>();
  #raw = '';
  #read = 0;

  private constructor(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const env = { ...process.env, ...OWN_COLORS, TERM: 'xterm', ...environment };
    this.#child = spawn(command, args, { env, detached: true });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#raw += text;
        for (const look of this.#waiting) look();
      });
    }
    this.exited = new Promise((resolve) => this.#child.once('close', resolve));
  }

  /** Starts it with pipes for input and output. */
  static piped(args: readonly string[]): TerminalProcess {
    return TerminalProcess.installed([process.execPath, PROGRAM], args);
  }

  /** Starts it with pipes at another host. @param command runs a program there. */
  static pipedAt(command: readonly string[], args: readonly string[]): TerminalProcess {
    return TerminalProcess.installed([...command, process.execPath, PROGRAM], args);
  }

  /** Starts another installation with pipes. @param program its command and first arguments. */
  static installed([command = '', ...first]: readonly string[], args: readonly string[]): TerminalProcess {
    return new TerminalProcess(command, [...first, ...args]);
  }

  /** Starts it in a pseudo-terminal. */
  static inTerminal(args: readonly string[], environment: NodeJS.ProcessEnv = {}): TerminalProcess {
    const line = `stty cols 100 rows 30; exec ${commandLine(args)}`;
    return new TerminalProcess(SCRIPT, ['--quiet', '--return', '--command', line, '/dev/null'], environment);
  }

  /** The output so far, without colors and cursor movements. */
  get text(): string {
    return stripVTControlCharacters(this.#raw).replaceAll('\r', '');
  }

  /** The output with colors and cursor movements. */
  get raw(): string {
    return this.#raw;
  }

  /** Types a line and Enter. */
  type(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Types characters without Enter. */
  press(keys: string): void {
    this.#child.stdin.write(keys);
  }

  /** Closes the input. */
  endInput(): void {
    this.#child.stdin.end();
  }

  /** Resolves when this is shown after the previous match. @throws Error with the whole output, after the deadline. */
  async shows(sentence: string | RegExp, deadlineMs = PATIENCE_MS): Promise<void> {
    let look: (() => void) | undefined;
    const shown = new Promise<void>((resolve) => {
      look = () => {
        if (this.#found(sentence)) resolve();
      };
      this.#waiting.add(look);
      look();
    });
    await within(`'${String(sentence)}' is shown`, deadlineMs, shown)
      .catch((late: unknown) => {
        throw new Error(`${String(late)}; the output is:\n${this.text}`);
      })
      .finally(() => look && this.#waiting.delete(look));
  }

  /** Kills it. Resolves when it has exited. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  /** Stops it if it is still running. */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGTERM');
    const hurry = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await this.exited;
    clearTimeout(hurry);
  }

  #found(sentence: string | RegExp): boolean {
    const rest = this.text.slice(this.#read);
    const match = typeof sentence === 'string' ? rest.indexOf(sentence) : rest.search(sentence);
    if (match < 0) return false;
    this.#read += match + 1;
    return true;
  }
}
