/**
 * Thrown at the first character that JSON does not allow. One object for all: a stack trace for each bad frame would
 * cost more than the frame.
 */
const NOT_JSON = new SyntaxError('The text is not JSON.');

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;
const SPACE = 0x20;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_CASE = 0x20;
const LOWER_E = 0x65;
const LOWER_U = 0x75;

/** Characters of a string that are looked at one by one before a search is worth its call. */
const SHORT = 16;

/** Place of a value in a text: the first character, and the one behind the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the form of a JSON text, exactly as strictly as `JSON.parse`, without making the values: how long that takes
 * depends on the text's length alone, while `JSON.parse` takes up to 150 times as long for a text of the same length
 * (docs/adr/0016). Every method throws where the text is not JSON; which positions it is given is its caller's affair.
 */
export class JsonText {
  constructor(readonly text: string) {}

  isObject(at: number): boolean {
    return this.text.charCodeAt(at) === OPEN_BRACE;
  }

  isList(at: number): boolean {
    return this.text.charCodeAt(at) === OPEN_BRACKET;
  }

  isString(at: number): boolean {
    return this.text.charCodeAt(at) === QUOTE;
  }

  /** The first position from `from` on that is no blank. */
  skipBlanks(from: number): number {
    let at = from;
    while (isBlank(this.text.charCodeAt(at))) at += 1;
    return at;
  }

  /** @throws SyntaxError unless nothing but blanks follows. */
  expectEnd(from: number): void {
    if (this.skipBlanks(from) !== this.text.length) throw NOT_JSON;
  }

  /**
   * Reads the object that begins at `start`. `member` is given where each name is, without its quotes but with its
   * escapes, and where the value begins; it returns where the value ends. Returns the position behind the object.
   */
  members(start: number, member: (nameStart: number, nameEnd: number, value: number) => number): number {
    if (!this.isObject(start)) throw NOT_JSON;
    let at = this.skipBlanks(start + 1);
    if (this.text.charCodeAt(at) === CLOSE_BRACE) return at + 1;
    for (;;) {
      const nameEnd = this.#stringEnd(at);
      const end = member(at + 1, nameEnd - 1, this.#valueAfter(nameEnd));
      at = this.skipBlanks(end);
      if (this.text.charCodeAt(at) !== COMMA) return this.#behind(at, CLOSE_BRACE);
      at = this.skipBlanks(at + 1);
    }
  }

  /** Of the list that begins at `start`, the position of the first item that is no string; -1 where all are. */
  firstThatIsNoString(start: number): number {
    let at = this.skipBlanks(start + 1);
    while (this.isString(at)) {
      at = this.skipBlanks(this.#stringEnd(at));
      if (this.text.charCodeAt(at) === COMMA) at = this.skipBlanks(at + 1);
    }
    return this.text.charCodeAt(at) === CLOSE_BRACKET ? -1 : at;
  }

  /** The position behind the value that begins at `start`. */
  valueEnd(start: number): number {
    const isNested = closerOf(this.text.charCodeAt(start)) !== undefined;
    return isNested ? this.#nestedEnd(start) : this.#scalarEnd(start);
  }

  /** No recursion: a text may nest as deep as it is long. */
  #nestedEnd(start: number): number {
    const open: number[] = [];
    let at = start;
    do {
      const closer = closerOf(this.text.charCodeAt(at));
      if (closer === undefined) {
        at = this.#behindClosers(this.#scalarEnd(at), open);
        continue;
      }
      const inner = this.skipBlanks(at + 1);
      if (this.text.charCodeAt(inner) === closer) {
        at = this.#behindClosers(inner + 1, open);
      } else {
        open.push(closer);
        at = closer === CLOSE_BRACE ? this.#memberValue(inner) : inner;
      }
    } while (open.length > 0);
    return at;
  }

  /** From behind a value: closes what ends here, and goes on to the next value of what does not. */
  #behindClosers(from: number, open: number[]): number {
    let at = from;
    for (let closer = open.at(-1); closer !== undefined; closer = open.at(-1)) {
      at = this.skipBlanks(at);
      if (this.text.charCodeAt(at) === COMMA) {
        const next = this.skipBlanks(at + 1);
        return closer === CLOSE_BRACE ? this.#memberValue(next) : next;
      }
      at = this.#behind(at, closer);
      open.pop();
    }
    return at;
  }

  /** From the name of a member to its value. */
  #memberValue(name: number): number {
    return this.#valueAfter(this.#stringEnd(name));
  }

  #valueAfter(nameEnd: number): number {
    return this.skipBlanks(this.#behind(this.skipBlanks(nameEnd), COLON));
  }

  #behind(at: number, code: number): number {
    if (this.text.charCodeAt(at) !== code) throw NOT_JSON;
    return at + 1;
  }

  #scalarEnd(start: number): number {
    const first = this.text.charCodeAt(start);
    if (first === QUOTE) return this.#stringEnd(start);
    if (first === MINUS || isDigit(first)) return this.#numberEnd(start);
    for (const word of ['true', 'false', 'null']) if (this.text.startsWith(word, start)) return start + word.length;
    throw NOT_JSON;
  }

  #numberEnd(start: number): number {
    let at = this.text.charCodeAt(start) === MINUS ? start + 1 : start;
    at = this.text.charCodeAt(at) === ZERO ? at + 1 : this.#digitsEnd(at);
    if (this.text.charCodeAt(at) === POINT) at = this.#digitsEnd(at + 1);
    if ((this.text.charCodeAt(at) | LOWER_CASE) !== LOWER_E) return at;
    const sign = this.text.charCodeAt(at + 1);
    return this.#digitsEnd(sign === PLUS || sign === MINUS ? at + 2 : at + 1);
  }

  /** One digit at least. */
  #digitsEnd(start: number): number {
    let at = start;
    while (isDigit(this.text.charCodeAt(at))) at += 1;
    if (at === start) throw NOT_JSON;
    return at;
  }

  #stringEnd(start: number): number {
    const { text } = this;
    const short = start + SHORT;
    let at = this.#behind(start, QUOTE);
    while (at < short) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) return at + 1;
      // Not `<`: behind the text there is no code at all.
      if (!(code >= SPACE)) throw NOT_JSON;
      at = code === BACKSLASH ? this.#escapeEnd(at) : at + 1;
    }
    return this.#longStringEnd(start, at);
  }

  /** `from` is within the string, and no character of an escape but its first. */
  #longStringEnd(start: number, from: number): number {
    const { text } = this;
    let quote = text.indexOf('"', from);
    while (quote >= 0 && this.#isEscaped(quote, from)) quote = text.indexOf('"', quote + 1);
    if (quote < 0) throw NOT_JSON;
    // A string is what JSON.parse is fast at, whatever is in it.
    JSON.parse(text.slice(start, quote + 1));
    return quote + 1;
  }

  /** Whether a backslash takes the character at `at`: an odd number of them stands before it. */
  #isEscaped(at: number, from: number): boolean {
    let before = at - 1;
    while (before >= from && this.text.charCodeAt(before) === BACKSLASH) before -= 1;
    return (at - before) % 2 === 0;
  }

  #escapeEnd(backslash: number): number {
    const code = this.text.charCodeAt(backslash + 1);
    if (code !== LOWER_U) {
      if (!isEscape(code)) throw NOT_JSON;
      return backslash + 2;
    }
    for (let at = backslash + 2; at < backslash + 6; at += 1) {
      if (!isHexDigit(this.text.charCodeAt(at))) throw NOT_JSON;
    }
    return backslash + 6;
  }
}

function isBlank(code: number): boolean {
  return code === SPACE || code === 0x0a || code === 0x0d || code === 0x09;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function isHexDigit(code: number): boolean {
  const lower = code | LOWER_CASE;
  return isDigit(code) || (lower >= 0x61 && lower <= 0x66);
}

/** Whether a backslash may stand before it: one of `"`, `\\`, `/`, `b`, `f`, `n`, `r`, `t`. */
function isEscape(code: number): boolean {
  switch (code) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return true;
    default:
      return false;
  }
}

function closerOf(code: number): number | undefined {
  if (code === OPEN_BRACE) return CLOSE_BRACE;
  return code === OPEN_BRACKET ? CLOSE_BRACKET : undefined;
}
