import {
  expectEnd,
  firstThatIsNoString,
  isListAt,
  isObjectAt,
  skipBlanks,
  valueEnd,
  visitMembers,
  type Span,
} from './json-text.js';

/** What is of use in the text of a frame. A part is `undefined` where the frame has none. */
export interface FrameParts {
  readonly event: unknown;
  readonly ref: unknown;
  /** `false` where it is something other than an object. */
  readonly data: FrameData | false | undefined;
}

/** `data` of a frame. */
export interface FrameData {
  /**
   * The fields that some event has. What is in an object was not made, and what is in a list only for the events that
   * have lists: such a field is empty.
   */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The text of `signal` exactly as it came, where it is an object. */
  readonly signal: string | undefined;
}

const PARTS = byLength(['event', 'ref', 'data']);
/** Every name that the `data` of some event has. */
const FIELDS = byLength([
  'license_key',
  'device_id',
  'peer_id',
  'contacts',
  'transfer',
  'add',
  'remove',
  'call_id',
  'reason',
  'signal',
  'ack',
]);
/** The events whose `data` has lists. */
const WITH_LISTS: ReadonlySet<unknown> = new Set(['register', 'contacts']);

/** Longest name above; each of its characters may be written as an escape of six. */
const LONGEST_NAME = 'license_key'.length * 6;

/** Stands for an object that is not looked into. */
const OPAQUE: object = Object.freeze({});

/**
 * Takes the text of a frame apart. Of a name that stands twice the last one counts, as in `JSON.parse`; but only what is
 * of use is made, so that the time depends on the text's length alone. `undefined`: the text is no JSON object.
 */
export function frameParts(text: string): FrameParts | undefined {
  try {
    return partsOf(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function partsOf(text: string): FrameParts {
  let event: Span | undefined;
  let ref: Span | undefined;
  let data: Span | undefined;
  let fields = new Map<string, Span>();
  const end = visitMembers(text, skipBlanks(text, 0), (nameStart, nameEnd, start) => {
    const name = nameIn(text, PARTS, nameStart, nameEnd);
    if (name === 'data' && isObjectAt(text, start)) fields = new Map();
    const value = { start, end: name === 'data' ? dataEnd(text, start, fields) : valueEnd(text, start) };
    if (name === 'event') event = value;
    else if (name === 'ref') ref = value;
    else if (name === 'data') data = value;
    return value.end;
  });
  expectEnd(text, end);
  const eventValue = event && scalar(text, event);
  return { event: eventValue, ref: ref && scalar(text, ref), data: data && dataOf(text, data, fields, eventValue) };
}

/** Notes where each field is in the object that begins at `start`; returns the position behind it. */
function dataEnd(text: string, start: number, fields: Map<string, Span>): number {
  if (!isObjectAt(text, start)) return valueEnd(text, start);
  return visitMembers(text, start, (nameStart, nameEnd, valueStart) => {
    const name = nameIn(text, FIELDS, nameStart, nameEnd);
    const end = valueEnd(text, valueStart);
    if (name !== undefined) fields.set(name, { start: valueStart, end });
    return end;
  });
}

function dataOf(text: string, data: Span, spans: ReadonlyMap<string, Span>, event: unknown): FrameData | false {
  if (!isObjectAt(text, data.start)) return false;
  const fields: Record<string, unknown> = {};
  for (const [name, span] of spans) {
    fields[name] = isListAt(text, span.start) && WITH_LISTS.has(event) ? list(text, span) : scalar(text, span);
  }
  const signal = spans.get('signal');
  return { fields, signal: signal && isObjectAt(text, signal.start) ? textOf(text, signal) : undefined };
}

/** The value, unless it is an object or a list. Never a part of the text itself, which would be kept with it. */
function scalar(text: string, span: Span): unknown {
  if (isObjectAt(text, span.start)) return OPAQUE;
  return isListAt(text, span.start) ? [] : JSON.parse(textOf(text, span));
}

/** A list of strings. Of any other list what is before the first item that is none, and `null` for that. */
function list(text: string, span: Span): unknown {
  const other = firstThatIsNoString(text, span.start);
  return JSON.parse(other < 0 ? textOf(text, span) : `${text.slice(span.start, other)}null]`);
}

function textOf(text: string, { start, end }: Span): string {
  return text.slice(start, end);
}

type NamesByLength = readonly (readonly string[] | undefined)[];

function byLength(names: readonly string[]): NamesByLength {
  const table: (string[] | undefined)[] = [];
  for (const name of names) (table[name.length] ??= []).push(name);
  // No holes: the table is looked into for every name of a frame.
  return Array.from(table, (sameLength) => sameLength ?? []);
}

/** Which of the names stands there, also where it is written with escapes; `undefined`: none of them. */
function nameIn(text: string, names: NamesByLength, start: number, end: number): string | undefined {
  const plain = nameAt(text, names[end - start], start);
  if (plain !== undefined || end - start > LONGEST_NAME) return plain;
  const written = text.slice(start, end);
  if (!written.includes('\\')) return undefined;
  const name = JSON.parse(`"${written}"`) as string;
  return names[name.length]?.find((known) => known === name);
}

function nameAt(text: string, names: readonly string[] | undefined, start: number): string | undefined {
  if (names === undefined) return undefined;
  for (const name of names) if (text.startsWith(name, start)) return name;
  return undefined;
}
