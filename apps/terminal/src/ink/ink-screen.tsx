import { render, type Instance } from 'ink';
import { cleanLines } from '../clean-text.js';
import { completions } from '../completions.js';
import type { LineListener, Screen, Streams, Tone } from '../screen.js';
import type { View } from '../view.js';
import { App } from './app.js';
import { LineEditor } from './line-editor.js';
import { ScreenStore } from './screen-store.js';

/** Rings the terminal's bell. */
const BELL = '\u0007';

/** A person's terminal, drawn with Ink. Not the alternate screen: what was said stays in the terminal's own scrollback. */
export class InkScreen implements Screen {
  readonly interactive = true;
  readonly keepsView = true;
  readonly #streams: Streams;
  readonly #store = new ScreenStore();
  readonly #ink: Instance;
  #editor: LineEditor | undefined;

  constructor(streams: Streams) {
    this.#streams = streams;
    this.#ink = render(<App store={this.#store} />, {
      stdin: streams.input,
      stdout: streams.output,
      // Whoever started it sits at a terminal, in whatever kind of environment.
      interactive: true,
      // A key press sends the characters that changed, not the whole frame: for slow lines, and without flicker.
      incrementalRendering: true,
      exitOnCtrlC: false,
    });
  }

  tell(text: string, tone: Tone = 'quiet'): void {
    this.#store.append({ kind: 'note', text, tone });
  }

  hear(name: string, text: string): void {
    this.#store.append({ kind: 'text', name, own: false, lines: cleanLines(text) });
  }

  echo(name: string, text: string): void {
    this.#store.append({ kind: 'text', name, own: true, lines: cleanLines(text) });
  }

  show(view: View): void {
    if (isRinging(view) && !this.#isRinging) this.#streams.output.write(BELL);
    this.#store.show(view);
  }

  listen({ onLine, onEnd }: LineListener): void {
    const { input, output } = this.#streams;
    this.#editor = new LineEditor(input, foldingColumns(output), {
      onEdit: (typed) => this.#store.type(typed),
      onLine: (line) => void onLine(this.#answer(line.trim()) ?? line),
      onEnd,
      takesKey: (key) => {
        const answer = this.#answer(key);
        if (answer !== undefined) void onLine(answer);
        return answer !== undefined;
      },
      complete: (line) => completions(line, this.#store.snapshot().view),
    });
    output.on('resize', this.#onResize);
  }

  async close(): Promise<void> {
    this.#streams.output.off('resize', this.#onResize);
    this.#editor?.close();
    this.#store.show(undefined);
    await this.#ink.waitUntilRenderFlush();
    this.#ink.unmount();
    await this.#ink.waitUntilExit();
  }

  get #isRinging(): boolean {
    return isRinging(this.#store.snapshot().view);
  }

  /** The command that a key means while it rings. */
  #answer(key: string): string | undefined {
    if (!this.#isRinging) return undefined;
    if (/^y(es)?$/i.test(key)) return '/accept';
    return /^no?$/i.test(key) ? '/reject' : undefined;
  }

  readonly #onResize = (): void => this.#editor?.fold(foldingColumns(this.#streams.output));
}

function isRinging(view: View | undefined): boolean {
  return view?.call?.stage === 'ringing here';
}

/** One less than the terminal has: what ends in the last column may or may not be followed by a new row. */
function foldingColumns({ columns = 80 }: Streams['output']): number {
  return Math.max(1, columns - 1);
}
