import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '@white-rabbit/testing';
import { commandLine } from './terminal-process.js';

const run = promisify(execFile);

/** Time limit for a row to appear. Two real peers connect within it on a busy machine. Milliseconds. */
const PATIENCE_MS = 30_000;

/** Columns and rows. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A terminal client in a terminal emulator, with methods to read the visible rows. */
export class TmuxTerminal {
  readonly #tmux: string;
  readonly #folder: string;

  private constructor(tmux: string, folder: string) {
    this.#tmux = tmux;
    this.#folder = folder;
  }

  /** @param tmux the path of tmux. @param args the arguments of the program. */
  static async open(tmux: string, args: readonly string[], { columns, rows }: Size): Promise<TmuxTerminal> {
    const terminal = new TmuxTerminal(tmux, await mkdtemp(join(tmpdir(), 'white-rabbit-tmux-')));
    const size = ['-x', String(columns), '-y', String(rows)];
    // After the program ended, the exit code and the state of the terminal stay visible.
    const line = `unset CI NO_COLOR FORCE_COLOR; ${commandLine(args)}; code=$?; stty -a; echo "exit code $code"; exec cat`;
    await terminal.#do('-u', '-f', '/dev/null', 'new-session', '-d', ...size, `exec sh -c ${quoted(line)}`);
    return terminal;
  }

  /** The visible rows. */
  async screen(): Promise<readonly string[]> {
    const { stdout } = await this.#do('capture-pane', '-p');
    return stdout.trimEnd().split('\n');
  }

  /** All rows, including the scrollback. */
  async scrollback(): Promise<string> {
    return (await this.#do('capture-pane', '-p', '-S', '-')).stdout;
  }

  /** The position of the cursor, and whether it is visible. */
  async cursor(): Promise<string> {
    const format = '#{cursor_x},#{cursor_y} #{?cursor_flag,visible,hidden}';
    return (await this.#do('display-message', '-p', format)).stdout.trim();
  }

  /** Resolves when a visible row matches. @throws Error with the screen, after the deadline. */
  async shows(row: RegExp): Promise<void> {
    await this.#awaits(`a row ${String(row)}`, (rows) => rows.some((shown) => row.test(shown)));
  }

  /** Resolves when no visible row matches. */
  async hides(row: RegExp): Promise<void> {
    await this.#awaits(`no row ${String(row)}`, (rows) => !rows.some((shown) => row.test(shown)));
  }

  /** Types characters without Enter. */
  async press(keys: string): Promise<void> {
    await this.#do('send-keys', '-l', keys);
  }

  /** Presses keys by their tmux names: `Enter`, `Up`, `C-c`. */
  async key(...names: readonly string[]): Promise<void> {
    await this.#do('send-keys', ...names);
  }

  /** Pastes a text. The emulator marks it as pasted if the program asked for that. */
  async paste(text: string): Promise<void> {
    await this.#do('set-buffer', text);
    await this.#do('paste-buffer', '-p', '-d');
  }

  async type(line: string): Promise<void> {
    await this.press(line);
    await this.key('Enter');
  }

  async resize({ columns, rows }: Size): Promise<void> {
    await this.#do('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** Ends the emulator and the program. */
  async close(): Promise<void> {
    await this.#do('kill-server');
    await rm(this.#folder, { recursive: true });
  }

  async #awaits(what: string, isSo: (rows: readonly string[]) => boolean): Promise<void> {
    let rows: readonly string[] = [];
    await eventually(what, async () => isSo((rows = await this.screen())), { deadlineMs: PATIENCE_MS }).catch(
      (late: unknown) => {
        throw new Error(`${String(late)}; the screen is:\n${rows.join('\n')}`);
      },
    );
  }

  #do(...args: readonly string[]): Promise<{ stdout: string }> {
    return run(this.#tmux, ['-S', join(this.#folder, 'socket'), ...args]);
  }
}

function quoted(line: string): string {
  return `'${line.replaceAll("'", `'\\''`)}'`;
}
