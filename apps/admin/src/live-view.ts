import { createLogUpdate } from 'log-update';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Streams } from './terminal.js';

/** Keys that end a view: q, Ctrl-C, Ctrl-D. */
const END = ['q', 'Q', '\u0003', '\u0004'];

/** Shows a text in a terminal and refreshes it in place until a key ends the view. */
export class LiveView {
  readonly #streams: Streams;
  readonly #update: ReturnType<typeof createLogUpdate>;
  readonly #ended = new AbortController();

  constructor(streams: Streams) {
    this.#streams = streams;
    // log-update uses `write`, `columns` and `rows` of the stream.
    this.#update = createLogUpdate(streams.out as NodeJS.WriteStream);
  }

  /** Shows the text of `frame` and refreshes it every `everyMs` ms. Resolves when the view is ended; rejects if `frame` does. */
  async show(frame: () => Promise<string>, everyMs: number): Promise<void> {
    const release = this.#listen();
    try {
      while (!this.#hasEnded()) {
        const text = await frame();
        if (!this.#hasEnded()) this.#update(text);
        await this.#pause(everyMs);
      }
    } finally {
      release();
      this.#update.done();
    }
  }

  #hasEnded(): boolean {
    return this.#ended.signal.aborted;
  }

  async #pause(ms: number): Promise<void> {
    // Rejects if the view is ended meanwhile.
    await sleep(ms, undefined, { signal: this.#ended.signal }).catch(() => undefined);
  }

  #listen(): () => void {
    const { keys } = this.#streams;
    const end = (): void => {
      this.#ended.abort();
    };
    const onKeys = (pressed: Buffer | string): void => {
      if (END.some((key) => String(pressed).includes(key))) end();
    };
    process.on('SIGINT', end);
    keys?.setRawMode?.(true);
    keys?.on('data', onKeys);
    return () => {
      process.off('SIGINT', end);
      keys?.off('data', onKeys);
      keys?.setRawMode?.(false);
      keys?.pause();
    };
  }
}
