import type { Readable, Writable } from 'node:stream';
import type { View } from './view.js';

/** Where the person, or the program, in front of it is. */
export interface Streams {
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number };
}

/** Colours a line may have. */
export type Tone = 'good' | 'bad' | 'quiet' | 'ring';

/** Whoever wants to know what is typed. */
export interface LineListener {
  /** A line was typed. Resolves when it was dealt with; never rejects. */
  readonly onLine: (line: string) => Promise<unknown>;
  /** No more will come, or whoever types wants to leave. May come twice from somebody in a hurry. */
  readonly onEnd: () => void;
}

/** What a chat needs of whatever shows it. What others wrote is given as it came: a screen takes the danger out of it. */
export interface Screen {
  /** A person sits in front of it; else a program, whose lines are taken one after the other. */
  readonly interactive: boolean;
  /** What `show` was given stays in sight, so that only changes need telling. */
  readonly keepsView: boolean;
  /** Something about the state of things. */
  tell(text: string, tone?: Tone): void;
  /** Something that the other one wrote. */
  hear(name: string, text: string): void;
  /** Something that was written here, and went out. */
  echo(name: string, text: string): void;
  /** How things are now. */
  show(view: View): void;
  /** From now on what is typed is told. Once. */
  listen(listener: LineListener): void;
  /** No more of it. Resolves when all of it was shown and the terminal is as it was found. */
  close(): Promise<void>;
}
