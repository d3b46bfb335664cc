import { createLogUpdate } from 'log-update';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Streams } from './terminal.js';

/** Keys that end a view: q, Ctrl-C, Ctrl-D. */
const END = ['q', 'Q', '\u0003', '\u0004'];

/** Shows a text at the same place of a terminal, again and again, until the person in front of it has seen enough. */
export class LiveView {
  readonly #streams: Streams;
  readonly #update: ReturnType<typeof createLogUpdate>;
  readonly #ended = new AbortController();

  constructor(streams: Streams) {
    this.#streams = streams;
    // What it needs of a stream are `write`, `columns` and `rows`.
    this.#update = createLogUpdate(streams.out as NodeJS.WriteStream);
  }

  /** Shows what `frame` makes, `everyMs` after the last, until the person ends it. Rejects where `frame` does. */
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
    // Rejects where the view was ended meanwhile.
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
