/**
 * Finds the text of `data.signal` in a frame, so that it can be passed on byte for byte. `JSON.parse` cannot do this:
 * it gives back the value, and writing that again changes numbers (`1.0`), escapes, blanks and repeated names.
 *
 * Only for texts that `parseFrame` accepted and whose `data.signal` is an object: validity is not checked again.
 * Of a name that stands twice the last one counts, as in `JSON.parse`.
 */
export function signalText(frame: string): string {
  const data = lastMember(frame, frame.indexOf('{'), 'data');
  const signal = lastMember(frame, data.start, 'signal');
  return frame.slice(signal.start, signal.end);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const SPACE = 0x20;

/** The value of the last member of that name in the object that begins at `open`. */
function lastMember(text: string, open: number, name: string): Span {
  let found: Span = { start: open, end: open };
  let at = skipBlanks(text, open + 1);
  while (text.charCodeAt(at) !== CLOSE_BRACE) {
    const nameEnd = endOfString(text, at);
    const start = skipBlanks(text, skipBlanks(text, nameEnd) + 1);
    const end = endOfValue(text, start);
    if (isName(text, at, nameEnd, name)) found = { start, end };
    at = skipBlanks(text, end);
    if (text.charCodeAt(at) === COMMA) at = skipBlanks(text, at + 1);
  }
  return found;
}

function isName(text: string, start: number, end: number, name: string): boolean {
  if (end - start === name.length + 2) return text.startsWith(name, start + 1);
  // A name may be written with escapes; only then can it be longer than itself.
  return end - start > name.length + 2 && text.includes('\\', start) && JSON.parse(text.slice(start, end)) === name;
}

/** Blanks of JSON: everything up to the space is one, for a text that is known to be valid. */
function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= SPACE) at += 1;
  return at;
}

/** Position after the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote + 1;
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === BACKSLASH) before -= 1;
  return (at - before) % 2 === 0;
}

/** Position after the value that begins at `start`. */
function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return endOfString(text, start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return endOfNested(text, start);
  return endOfLiteral(text, start);
}

/** Position after a number, `true`, `false` or `null`. */
function endOfLiteral(text: string, start: number): number {
  let at = start;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === CLOSE_BRACE || code <= SPACE) return at;
    at += 1;
  }
}

function endOfNested(text: string, start: number): number {
  let depth = 0;
  let at = start;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
    at += 1;
    if (depth === 0) return at;
  }
}
