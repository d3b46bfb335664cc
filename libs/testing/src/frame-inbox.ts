import type { ServerFrame } from './server-frame.js';

/** Maximum of unread frames of a client; a test that exceeds it reads too little. */
const UNREAD_LIMIT = 100_000;

interface Waiting {
  readonly wants: (frame: ServerFrame) => boolean;
  readonly resolve: (frame: ServerFrame) => void;
  readonly reject: (reason: Error) => void;
}

/** Frames in the order of arrival; each wait takes out one frame of its kind. */
export class FrameInbox {
  readonly #unread: ServerFrame[] = [];
  readonly #waiting = new Set<Waiting>();
  #failure: Error | undefined;

  /** Unread frames. */
  get unread(): readonly ServerFrame[] {
    return this.#unread;
  }

  /** Gives a frame to the longest wait that accepts it; otherwise keeps it. */
  push(frame: ServerFrame): void {
    for (const waiting of this.#waiting) {
      if (!waiting.wants(frame)) continue;
      this.#waiting.delete(waiting);
      waiting.resolve(frame);
      return;
    }
    if (this.#unread.length < UNREAD_LIMIT) this.#unread.push(frame);
    else this.fail(new Error('too many unread frames'));
  }

  /**
   * Takes the oldest frame that `wants` accepts, or waits for it.
   *
   * @throws Error naming `what` and the other frames that came, after `deadlineMs`; the reason given to `fail` at
   * once.
   */
  take(what: string, wants: (frame: ServerFrame) => boolean, deadlineMs: number): Promise<ServerFrame> {
    const index = this.#unread.findIndex(wants);
    const [found] = index < 0 ? [] : this.#unread.splice(index, 1);
    if (found) return Promise.resolve(found);
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const isLate = () => {
        if (!this.#waiting.delete(waiting)) return;
        reject(new Error(`no ${what} within ${deadlineMs} ms; instead: ${this.#summary()}`));
      };
      // After a pause of this process, what has arrived meanwhile is read first.
      const timer = setTimeout(() => setImmediate(isLate), deadlineMs);
      const waiting: Waiting = {
        wants,
        resolve: (frame) => {
          clearTimeout(timer);
          resolve(frame);
        },
        reject: (reason) => {
          clearTimeout(timer);
          reject(new Error(`no ${what}: ${reason.message}; instead: ${this.#summary()}`));
        },
      };
      this.#waiting.add(waiting);
    });
  }

  /** No more frames will come: all present waits, and later ones that find no frame, reject with `reason`. */
  fail(reason: Error): void {
    this.#failure ??= reason;
    for (const waiting of this.#waiting) waiting.reject(reason);
    this.#waiting.clear();
  }

  #summary(): string {
    const texts = this.#unread.slice(-10).map((frame) => frame.text.slice(0, 200));
    return texts.length === 0 ? 'nothing' : texts.join(' ');
  }
}
