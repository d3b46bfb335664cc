/**
 * Thrown at the first character that JSON does not allow. One object for all errors: a stack trace for each malformed frame
 * would cost more than the frame.
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

/** Characters of a string that are read one by one before a search is faster. */
const SHORT = 16;

/**
 * The closing characters of the enclosing objects and lists while a text is read. One stack for all texts, because texts are
 * read one after the other; it grows to the deepest text. A new list for each deep frame would cost more than reading it.
 */
let outer = new Uint8Array(1024);

/** The position of a value in a text: its first character, and the one after its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

// Validates a JSON text exactly as strictly as `JSON.parse`, without creating the values. The time depends only on the
// length of the text, while `JSON.parse` takes up to 150 times as long for some texts of the same length
// (docs/adr/0016-frames-are-read-without-their-values.md). All functions throw a SyntaxError if the text is not JSON. They
// are plain functions of the text and a position, because they run for every frame.

export function isObjectAt(text: string, at: number): boolean {
  return text.charCodeAt(at) === OPEN_BRACE;
}

export function isListAt(text: string, at: number): boolean {
  return text.charCodeAt(at) === OPEN_BRACKET;
}

/** The first position at or after `from` that is not whitespace. */
export function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/** @throws SyntaxError if anything except whitespace follows. */
export function expectEnd(text: string, from: number): void {
  if (skipBlanks(text, from) !== text.length) throw NOT_JSON;
}

/** Receives the position of a name (without quotes, with escape sequences) and the start of its value. Returns the end of the value. */
export type MemberVisitor = (nameStart: number, nameEnd: number, value: number) => number;

/** Visits each member of the object at `start`. Returns the position after the object. */
export function visitMembers(text: string, start: number, visit: MemberVisitor): number {
  let at = skipBlanks(text, behind(text, start, OPEN_BRACE));
  if (text.charCodeAt(at) === CLOSE_BRACE) return at + 1;
  for (;;) {
    const nameEnd = stringEnd(text, at);
    const end = visit(at + 1, nameEnd - 1, valueAfter(text, nameEnd));
    at = skipBlanks(text, end);
    if (text.charCodeAt(at) !== COMMA) return behind(text, at, CLOSE_BRACE);
    at = skipBlanks(text, at + 1);
  }
}

/** The position of the first item that is not a string in the list at `start`, which is valid JSON; -1 if all items are strings. */
export function firstThatIsNoString(text: string, start: number): number {
  let at = skipBlanks(text, start + 1);
  while (text.charCodeAt(at) === QUOTE) {
    at = skipBlanks(text, stringEnd(text, at));
    if (text.charCodeAt(at) === COMMA) at = skipBlanks(text, at + 1);
  }
  return text.charCodeAt(at) === CLOSE_BRACKET ? -1 : at;
}

/** The position after the value at `start`. */
export function valueEnd(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return stringEnd(text, start);
  return closerOf(first) === 0 ? scalarEnd(text, start, first) : nestedEnd(text, start);
}

/** Not recursive, because a text can nest as deeply as it is long. */
function nestedEnd(text: string, start: number): number {
  let closer = 0;
  let depth = 0;
  let at = start;
  for (;;) {
    const first = text.charCodeAt(at);
    const inner = closerOf(first);
    if (inner === 0) {
      at = first === QUOTE ? stringEnd(text, at) : scalarEnd(text, at, first);
    } else {
      if (depth === outer.length) outer = grown(outer);
      outer[depth] = closer;
      depth += 1;
      closer = inner;
      at = skipBlanks(text, at + 1);
      if (text.charCodeAt(at) !== closer) {
        if (closer === CLOSE_BRACE) at = memberValue(text, at);
        continue;
      }
    }
    // After a value, or at the end of an empty object or list.
    for (;;) {
      at = skipBlanks(text, at);
      const code = text.charCodeAt(at);
      if (code === COMMA) {
        at = skipBlanks(text, at + 1);
        if (closer === CLOSE_BRACE) at = memberValue(text, at);
        break;
      }
      if (code !== closer) throw NOT_JSON;
      at += 1;
      depth -= 1;
      closer = outer[depth] ?? 0;
      if (depth === 0) return at;
    }
  }
}

function grown(stack: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * stack.length);
  larger.set(stack);
  return larger;
}

/** Skips from the name of a member to its value. */
function memberValue(text: string, name: number): number {
  return valueAfter(text, stringEnd(text, name));
}

function valueAfter(text: string, nameEnd: number): number {
  return skipBlanks(text, behind(text, skipBlanks(text, nameEnd), COLON));
}

function behind(text: string, at: number, code: number): number {
  if (text.charCodeAt(at) !== code) throw NOT_JSON;
  return at + 1;
}

/** A number, `true`, `false` or `null`. */
function scalarEnd(text: string, start: number, first: number): number {
  if (first === MINUS || isDigit(first)) return numberEnd(text, start, first);
  if (text.startsWith('true', start) || text.startsWith('null', start)) return start + 4;
  if (text.startsWith('false', start)) return start + 5;
  throw NOT_JSON;
}

function numberEnd(text: string, start: number, first: number): number {
  let at = first === MINUS ? start + 1 : start;
  at = text.charCodeAt(at) === ZERO ? at + 1 : digitsEnd(text, at);
  if (text.charCodeAt(at) === POINT) at = digitsEnd(text, at + 1);
  if ((text.charCodeAt(at) | LOWER_CASE) !== LOWER_E) return at;
  const sign = text.charCodeAt(at + 1);
  return digitsEnd(text, sign === PLUS || sign === MINUS ? at + 2 : at + 1);
}

/** Reads at least one digit. */
function digitsEnd(text: string, start: number): number {
  let at = start;
  while (isDigit(text.charCodeAt(at))) at += 1;
  if (at === start) throw NOT_JSON;
  return at;
}

function stringEnd(text: string, start: number): number {
  const short = start + SHORT;
  let at = behind(text, start, QUOTE);
  while (at < short) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    // Not `<`: after the end of the text the code is NaN.
    if (!(code >= SPACE)) throw NOT_JSON;
    at = code === BACKSLASH ? escapeEnd(text, at) : at + 1;
  }
  return longStringEnd(text, start, at);
}

/** `from` is inside the string and not inside an escape sequence. */
function longStringEnd(text: string, start: number, from: number): number {
  let quote = text.indexOf('"', from);
  while (quote >= 0 && isEscaped(text, quote, from)) quote = text.indexOf('"', quote + 1);
  if (quote < 0) throw NOT_JSON;
  // JSON.parse is fast for every string.
  JSON.parse(text.slice(start, quote + 1));
  return quote + 1;
}

/** Whether the character at `at` is escaped: an odd number of backslashes precedes it. */
function isEscaped(text: string, at: number, from: number): boolean {
  let before = at - 1;
  while (before >= from && text.charCodeAt(before) === BACKSLASH) before -= 1;
  return (at - before) % 2 === 0;
}

function escapeEnd(text: string, backslash: number): number {
  const code = text.charCodeAt(backslash + 1);
  if (code !== LOWER_U) {
    if (!isEscape(code)) throw NOT_JSON;
    return backslash + 2;
  }
  for (let at = backslash + 2; at < backslash + 6; at += 1) {
    if (!isHexDigit(text.charCodeAt(at))) throw NOT_JSON;
  }
  return backslash + 6;
}

function isBlank(code: number): boolean {
  return code <= SPACE && (code === SPACE || code === 0x0a || code === 0x0d || code === 0x09);
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function isHexDigit(code: number): boolean {
  const lower = code | LOWER_CASE;
  return isDigit(code) || (lower >= 0x61 && lower <= 0x66);
}

/** Whether a backslash can precede it: one of `"`, `\\`, `/`, `b`, `f`, `n`, `r`, `t`. */
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

/** The closing character for this opening character; 0 if it opens no object or list. */
function closerOf(code: number): number {
  if (code === OPEN_BRACE) return CLOSE_BRACE;
  return code === OPEN_BRACKET ? CLOSE_BRACKET : 0;
}
