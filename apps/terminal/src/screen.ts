import type { Readable, Writable } from 'node:stream';
import type { Tone as NoticeTone } from '@white-rabbit/client/chat';
import type { View } from './view.js';

/** The input and the output of the program. */
export interface Streams {
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number };
}

/** The tone of a notice, which decides its color. */
export type Tone = NoticeTone | 'ring';

/** Receives the input of the user. */
export interface LineListener {
  /** A line was typed. Resolves when it was executed; never rejects. */
  readonly onLine: (line: string) => Promise<unknown>;
  /** The input ended, or the user wants to quit. May be called twice. */
  readonly onEnd: () => void;
}

/**
 * The output of a chat. A screen removes dangerous characters from notices and received texts: a notice can contain what a
 * server or another user wrote.
 */
export interface Screen {
  /** `true` for a user at a terminal; `false` for a script, whose lines are executed one after the other. */
  readonly interactive: boolean;
  /** The columns that a line can have without being folded; `undefined` if there is no limit. */
  readonly columns: number | undefined;
  /** Whether the view of `show` stays visible, so that only changes need a notice. */
  readonly keepsView: boolean;
  /** Whether keys answer a call, complete a name and recall lines. */
  readonly hasKeys: boolean;
  /** Shows a notice, in one line. */
  notify(text: string, tone?: Tone): void;
  /** Shows a text of the other peer. */
  showReceived(name: string, text: string): void;
  /** Shows a text that this user sent. */
  showSent(name: string, text: string): void;
  /** Shows lines as they are, without a mark before them, so that they can be copied or scanned. */
  showLines(lines: readonly string[]): void;
  /** Shows the current state. */
  show(view: View): void;
  /** Starts to read the input. Called once. */
  listen(listener: LineListener): void;
  /** Closes the screen. Resolves when everything was written and the terminal is restored. */
  close(): Promise<void>;
}
