import { render, type Instance } from 'ink';
import { cleanLine, cleanLines } from '../clean-text.js';
import { completions } from '../command.js';
import type { LineListener, Screen, Streams, Tone } from '../screen.js';
import type { View } from '../view.js';
import { App } from './app.js';
import { PASTE_MODE } from './bracketed-paste.js';
import { LineEditor } from './line-editor.js';
import { ScreenStore } from './screen-store.js';

/** Rings the bell of the terminal. */
const BELL = '\u0007';

/** A screen drawn with Ink. It does not use the alternate screen: the log stays in the scrollback of the terminal. */
export class InkScreen implements Screen {
  readonly interactive = true;
  readonly keepsView = true;
  readonly hasKeys = true;
  readonly #streams: Streams;
  readonly #store = new ScreenStore();
  readonly #ink: Instance;
  #editor: LineEditor | undefined;

  constructor(streams: Streams) {
    this.#streams = streams;
    this.#ink = render(<App store={this.#store} />, {
      stdin: streams.input,
      stdout: streams.output,
      // The screen is opened only on a terminal, also if CI is set.
      interactive: true,
      // Write only the characters that changed: faster on slow lines, and without flicker.
      incrementalRendering: true,
      exitOnCtrlC: false,
    });
  }

  get columns(): number {
    return foldingColumns(this.#streams.output);
  }

  notify(text: string, tone: Tone = 'quiet'): void {
    this.#store.append({ kind: 'notice', text: cleanLine(text), tone });
  }

  showReceived(name: string, text: string): void {
    this.#store.append({ kind: 'text', name: cleanLine(name), own: false, lines: cleanLines(text) });
  }

  showSent(name: string, text: string): void {
    this.#store.append({ kind: 'text', name, own: true, lines: cleanLines(text) });
  }

  showLines(lines: readonly string[]): void {
    this.#store.append({ kind: 'lines', lines });
  }

  show(view: View): void {
    if (isRinging(view) && !this.#isRinging) this.#streams.output.write(BELL);
    this.#store.show(view);
  }

  listen({ onLine, onEnd }: LineListener): void {
    const { input, output } = this.#streams;
    this.#editor = new LineEditor(input, foldingColumns(output), {
      onEdit: (typed) => this.#store.type(typed),
      onLine: (line, hasPaste) => void onLine((hasPaste ? undefined : this.#answer(line.trim())) ?? line),
      onEnd,
      takesKey: (key) => {
        const answer = this.#answer(key);
        if (answer !== undefined) void onLine(answer);
        return answer !== undefined;
      },
      complete: (line) => completions(line, this.#store.snapshot().view),
    });
    output.write(PASTE_MODE.on);
    output.on('resize', this.#onResize);
  }

  async close(): Promise<void> {
    this.#streams.output.off('resize', this.#onResize);
    if (this.#editor) this.#streams.output.write(PASTE_MODE.off);
    this.#editor?.close();
    this.#store.show(undefined);
    await this.#ink.waitUntilRenderFlush();
    this.#ink.unmount();
    await this.#ink.waitUntilExit();
  }

  get #isRinging(): boolean {
    return isRinging(this.#store.snapshot().view);
  }

  /** The command for a key during an incoming call. */
  #answer(key: string): string | undefined {
    if (!this.#isRinging) return undefined;
    if (/^y(es)?$/i.test(key)) return '/accept';
    return /^no?$/i.test(key) ? '/reject' : undefined;
  }

  readonly #onResize = (): void => this.#editor?.fold(foldingColumns(this.#streams.output));
}

function isRinging(view: View | undefined): boolean {
  return view?.call?.phase === 'ringing here';
}

/** One column less than the terminal has: terminals differ in whether a full row wraps. */
function foldingColumns({ columns = 80 }: Streams['output']): number {
  return Math.max(1, columns - 1);
}
