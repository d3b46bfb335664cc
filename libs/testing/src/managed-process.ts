import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { killWithParent } from './kill-with-parent.js';
import { within } from './within.js';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How to start the process. */
export interface ProcessOptions {
  /** Name in error messages. */
  readonly name: string;
  readonly command: string;
  readonly args?: readonly string[];
  /** The whole environment: nothing is inherited, so that a developer's settings do not affect a test. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called with every line of stdout and stderr. */
  readonly onLine?: (line: string) => void;
}

/** Lines kept of a process's output; the oldest are dropped first. */
const LINES_KEPT = 50_000;

/** From SIGTERM to SIGKILL when a process is stopped. Milliseconds. */
const STOP_MS = 20_000;

/**
 * A process that is started here, and ended by its own pid. It has its own process group, so that a Ctrl-C in the
 * terminal reaches it only through this process; it ends when this process ends, for whatever reason.
 */
export class ManagedProcess {
  /** What the process has written so far, stdout and stderr, in the order in which it was read. */
  readonly lines: string[] = [];
  /** Resolves when the process has ended and its output was read to the end. */
  readonly exited: Promise<Exit>;
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #waiting = new Set<(line: string) => void>();
  #exit: Exit | undefined;

  constructor(options: ProcessOptions) {
    this.#name = options.name;
    this.#child = spawn(options.command, [...(options.args ?? [])], {
      cwd: options.cwd,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream)
        createInterface(stream).on('line', (line) => {
          this.#onLine(line, options.onLine);
        });
    }
    const outlived = this.#child.pid === undefined ? undefined : killWithParent(this.#child.pid);
    this.exited = new Promise((resolve) => {
      const end = (exit: Exit): void => {
        outlived?.();
        this.#exit = exit;
        resolve(exit);
      };
      this.#child.once('close', (code, signal) => {
        end({ code, signal });
      });
      // The command does not exist or may not be executed.
      this.#child.once('error', (failure) => {
        this.lines.push(failure.message);
        end({ code: null, signal: null });
      });
    });
  }

  /** @throws Error if the process could not be started at all. */
  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(this.#said('was never started'));
    return this.#child.pid;
  }

  /** How the process ended, or `undefined` while it runs. */
  get exit(): Exit | undefined {
    return this.#exit;
  }

  /** Sends a signal. `false`: the process has ended. */
  kill(signal: NodeJS.Signals): boolean {
    return this.#exit === undefined && this.#child.kill(signal);
  }

  /** Suspends the process (SIGSTOP) until `resume`. */
  pause(): void {
    this.kill('SIGSTOP');
  }

  /** Continues the process after `pause`. */
  resume(): void {
    this.kill('SIGCONT');
  }

  /** Sends SIGTERM, and SIGKILL if that did not end the process in time. Resolves once it has ended. */
  async stop(deadlineMs = STOP_MS): Promise<Exit> {
    this.resume();
    this.kill('SIGTERM');
    const hurry = setTimeout(() => this.kill('SIGKILL'), deadlineMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(hurry);
    }
  }

  /**
   * Resolves with the first result of `match` other than `undefined`, for past and future lines.
   *
   * @throws Error with the end of the output if the process ends, or the deadline passes, before.
   */
  async line<T>(match: (line: string) => T | undefined, deadlineMs: number): Promise<T> {
    for (const line of this.lines) {
      const found = match(line);
      if (found !== undefined) return found;
    }
    let listener: ((line: string) => void) | undefined;
    const found = new Promise<T>((resolve) => {
      listener = (line) => {
        const value = match(line);
        if (value !== undefined) resolve(value);
      };
      this.#waiting.add(listener);
    });
    const ended = this.exited.then(({ code, signal }) => {
      throw new Error(this.#said(`ended early (code ${code ?? '-'}, signal ${signal ?? '-'})`));
    });
    try {
      return await within(this.#said('did not say it is ready'), deadlineMs, Promise.race([found, ended]));
    } finally {
      if (listener) this.#waiting.delete(listener);
    }
  }

  #onLine(line: string, listener: ((line: string) => void) | undefined): void {
    this.lines.push(line);
    if (this.lines.length > LINES_KEPT) this.lines.shift();
    listener?.(line);
    for (const waiting of this.#waiting) waiting(line);
  }

  #said(what: string): string {
    return `${this.#name} ${what}. Its output ends:\n${this.lines.slice(-20).join('\n')}`;
  }
}

/** The command with a limit of open file descriptors, if one is given. It needs `prlimit` (util-linux). */
export function withDescriptors(
  command: [string, ...string[]],
  descriptors: number | undefined,
): [string, ...string[]] {
  return descriptors === undefined ? command : ['prlimit', `--nofile=${descriptors}:${descriptors}`, ...command];
}
