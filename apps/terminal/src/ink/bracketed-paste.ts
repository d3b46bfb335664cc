/** A terminal in this mode marks pasted text, so that it differs from keys. */
export const PASTE_MODE = { on: '\u001b[?2004h', off: '\u001b[?2004l' } as const;

const BEGIN = Buffer.from('\u001b[200~');
const END = Buffer.from('\u001b[201~');

/** Longer pastes are cut. No text may be that long, so the user reads that it was not sent. Bytes. */
const LONGEST_PASTE = 262_144;
/** The beginning of a paste's first mark that is not continued within this time is a key, such as Escape. Milliseconds. */
const MARK_WITHIN_MS = 50;

/** Callbacks of a paste reader. */
export interface PasteReaderHandlers {
  readonly onKeys: (keys: Buffer) => void;
  readonly onPaste: (text: string) => void;
}

/** Separates keys from pasted text in the input of a terminal. The marks may be split between chunks. */
export class PasteReader {
  readonly #handlers: PasteReaderHandlers;
  /** A possible beginning of the next mark. */
  #held: Buffer = Buffer.alloc(0);
  /** `undefined` outside a paste. */
  #pasted: Buffer[] | undefined;
  #pastedBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(handlers: PasteReaderHandlers) {
    this.#handlers = handlers;
  }

  read(chunk: Buffer): void {
    clearTimeout(this.#timer);
    let rest = Buffer.concat([this.#held, chunk]);
    this.#held = Buffer.alloc(0);
    for (;;) {
      const mark = this.#pasted ? END : BEGIN;
      const at = rest.indexOf(mark);
      if (at < 0) break;
      this.#pass(rest.subarray(0, at));
      this.#toggle();
      rest = rest.subarray(at + mark.length);
    }
    const held = heldLength(rest, this.#pasted ? END : BEGIN);
    this.#pass(rest.subarray(0, rest.length - held));
    this.#held = rest.subarray(rest.length - held);
    // In a paste no key can be meant: only the rest of its end can follow, however late.
    if (held > 0 && !this.#pasted) this.#timer = setTimeout(() => this.#release(), MARK_WITHIN_MS);
  }

  /** Stops. What is held is dropped. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #release(): void {
    const held = this.#held;
    this.#held = Buffer.alloc(0);
    this.#pass(held);
  }

  #toggle(): void {
    const pasted = this.#pasted;
    this.#pasted = pasted ? undefined : [];
    this.#pastedBytes = 0;
    if (pasted) this.#handlers.onPaste(Buffer.concat(pasted).toString());
  }

  #pass(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (!this.#pasted) {
      this.#handlers.onKeys(bytes);
      return;
    }
    const kept = bytes.subarray(0, LONGEST_PASTE - this.#pastedBytes);
    this.#pastedBytes += kept.length;
    this.#pasted.push(kept);
  }
}

/** The length of the longest end of these bytes with which the mark begins. */
function heldLength(bytes: Buffer, mark: Buffer): number {
  for (let length = Math.min(bytes.length, mark.length - 1); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(mark.subarray(0, length))) return length;
  }
  return 0;
}
